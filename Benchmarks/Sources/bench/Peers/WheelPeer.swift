import CBench
import Foundation

/// A library that comes as a Python wheel, driven by `Peers/convolution.py`, which says how it takes the time.
struct WheelPeer: Peer {
  let name: String
  let threading: String
  private let key: String
  private let driver: WheelDriver

  static func load(_ key: String, _ name: String) -> (any Peer)? {
    guard let driver = WheelDriver.shared, let version = driver.versions[key] else { return nil }
    return WheelPeer(
      name: "\(name) \(version)", threading: "its own, in a Python process", key: key, driver: driver)
  }

  func convolution<T: BenchmarkScalar>(_ problem: ConvolutionProblem<T>, threads: Int) -> Contender? {
    guard let problem = problem as? ConvolutionProblem<Float>,
      let convolution = try? WheelConvolution(driver, key, problem, threads: threads)
    else { return nil }
    return Contender(
      name: name, timing: { try convolution.time($0) }, deliver: { try convolution.fetch(into: problem) })
  }
}

/// The Python process and its lines of JSON.
private final class WheelDriver: @unchecked Sendable {
  static let shared: WheelDriver? = try? WheelDriver()

  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private var unread = Data()
  private var made = 0
  private let cpus = allowedCPUs()
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bench-\(getpid())")
  private(set) var versions: [String: String] = [:]

  private struct Answer: Decodable {
    var versions: [String: String]?
    var seconds: Double?
    var error: String?
  }

  private init() throws {
    let script = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().appendingPathComponent("../../../Peers/convolution.py").standardizedFileURL
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path]
    process.standardInput = requests
    process.standardOutput = answers
    process.standardError = FileHandle.nullDevice
    try process.run()
    versions = try ask(["peers": true]).versions ?? [:]
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Sets up a layer; returns its number.
  func make(_ key: String, _ layer: [String: Any], threads: Int) throws -> Int {
    made += 1
    var layer = layer
    layer["cpus"] = Array(cpus.prefix(threads))
    _ = try ask(["make": made, "peer": key, "layer": layer])
    return made
  }

  func time(_ number: Int, count: Int) throws -> Double {
    guard let seconds = try ask(["time": number, "count": count]).seconds else { throw BenchError("no time came back") }
    return seconds
  }

  func fetch(_ number: Int, to path: String) throws { _ = try ask(["fetch": number, "path": path]) }

  func drop(_ number: Int) { _ = try? ask(["drop": number]) }

  private func ask(_ request: [String: Any]) throws -> Answer {
    var line = try JSONSerialization.data(withJSONObject: request)
    line.append(UInt8(ascii: "\n"))
    try requests.fileHandleForWriting.write(contentsOf: line)
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let answer = try JSONDecoder().decode(Answer.self, from: unread[..<end])
        unread = Data(unread[unread.index(after: end)...])
        if let error = answer.error { throw BenchError("peer: \(error)") }
        return answer
      }
      let more = answers.fileHandleForReading.availableData
      if more.isEmpty { throw BenchError("the Python process of the peers ended") }
      unread.append(more)
    }
  }
}

/// A layer in the Python process.  Its operands travel as files, NCHW.
private final class WheelConvolution {
  private let driver: WheelDriver
  private let number: Int

  init(_ driver: WheelDriver, _ key: String, _ problem: ConvolutionProblem<Float>, threads: Int) throws {
    let l = problem.layer
    let path = { (name: String) in driver.folder.appendingPathComponent(name).path }
    try write(channelsFirst(problem), to: path("x"))
    try write(Array(problem.w.elements), to: path("w"))
    try write(Array(problem.bias.elements), to: path("b"))
    let layer: [String: Any] = [
      "g": l.groups, "mb": l.batch, "ic": l.channels, "ih": l.input.x, "iw": l.input.y, "oc": l.filters,
      "oh": l.output.x, "ow": l.output.y, "kh": l.kernel.x, "kw": l.kernel.y, "sh": l.stride.x, "sw": l.stride.y,
      "dh": l.dilation.x, "dw": l.dilation.y, "ph": l.padBefore.x, "pw": l.padBefore.y, "x": path("x"),
      "w": path("w"), "b": path("b"), "threads": threads, "kernel": problem.channelsLast,
    ]
    self.driver = driver
    number = try driver.make(key, layer, threads: threads)
  }

  deinit { driver.drop(number) }

  func time(_ count: Int) throws -> Double { try driver.time(number, count: count) }

  /// Reads the result back into the problem's layout.
  func fetch(into problem: ConvolutionProblem<Float>) throws {
    let file = driver.folder.appendingPathComponent("y")
    try driver.fetch(number, to: file.path)
    let bytes = try Data(contentsOf: file)
    guard bytes.count == problem.y.byteCount else { throw BenchError("a peer's result has another size") }
    let values = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let (l, size) = (problem.layer, problem.layer.output)
    var next = 0
    for image in 0..<l.batch {
      for filter in 0..<l.filters {
        for pixel in 0..<size.x * size.y {
          let at = SIMD2(pixel / size.y, pixel % size.y)
          problem.y.pointer[problem.index(image, filter, at, of: l.filters, size)] = values[next]
          next += 1
        }
      }
    }
  }
}

private func channelsFirst(_ problem: ConvolutionProblem<Float>) -> [Float] {
  let (l, size) = (problem.layer, problem.layer.input)
  var values: [Float] = []
  values.reserveCapacity(problem.x.count)
  for image in 0..<l.batch {
    for channel in 0..<l.channels {
      for pixel in 0..<size.x * size.y {
        let at = SIMD2(pixel / size.y, pixel % size.y)
        values.append(problem.x.pointer[problem.index(image, channel, at, of: l.channels, size)])
      }
    }
  }
  return values
}

private func write(_ values: [Float], to path: String) throws {
  try values.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path)) }
}
