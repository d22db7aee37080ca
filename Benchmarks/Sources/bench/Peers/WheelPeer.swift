import CBench
import Foundation

/// A library that comes as a Python wheel, driven by `Peers/wheels.py`, which says how it takes the time.
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
    guard let problem = problem as? ConvolutionProblem<Float> else { return nil }
    var layer = problem.layer.words
    layer["op"] = "convolution"
    layer["kernel"] = problem.channelsLast
    let weights = ["w": Array(problem.w.elements), "b": Array(problem.bias.elements)]
    return contender(layer, weights.merging(["x": problem.imageX.channelsFirst]) { $1 }, threads) {
      try problem.imageY.setChannelsFirst($0)
    }
  }

  func softmax<T: BenchmarkScalar>(_ problem: SoftmaxProblem<T>, threads: Int) -> Contender? {
    guard let problem = problem as? SoftmaxProblem<Float>, !problem.log else { return nil }
    let layer: [String: Any] = ["op": "softmax", "rows": problem.rows, "columns": problem.columns, "kernel": true]
    return contender(layer, ["x": Array(problem.x.elements)], threads) { values in
      guard values.count == problem.y.count else { throw BenchError("a peer's result has another size") }
      for (i, value) in values.enumerated() { problem.y.pointer[i] = value }
    }
  }

  func pooling<T: BenchmarkScalar>(_ problem: PoolingProblem<T>, threads: Int) -> Contender? {
    guard let problem = problem as? PoolingProblem<Float> else { return nil }
    var layer = problem.layer.words
    layer["op"] = "maxpool"
    layer["kernel"] = problem.channelsLast
    return contender(layer, ["x": problem.imageX.channelsFirst], threads) { try problem.imageY.setChannelsFirst($0) }
  }

  private func contender(
    _ layer: [String: Any], _ operands: [String: [Float]], _ threads: Int, store: @escaping ([Float]) throws -> Void
  ) -> Contender? {
    guard let layer = try? WheelLayer(driver, key, layer, operands, threads: threads) else { return nil }
    return Contender(name: name, timing: { try layer.time($0) }, deliver: { try store(layer.result()) })
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
      .deletingLastPathComponent().appendingPathComponent("../../../Peers/wheels.py").standardizedFileURL
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

/// A layer in the Python process.  Its operands travel as files.
private final class WheelLayer {
  private let driver: WheelDriver
  private let number: Int

  init(
    _ driver: WheelDriver, _ key: String, _ layer: [String: Any], _ operands: [String: [Float]], threads: Int
  ) throws {
    var layer = layer
    layer["threads"] = threads
    for (name, values) in operands {
      let file = driver.folder.appendingPathComponent(name)
      try values.withUnsafeBytes { try Data($0).write(to: file) }
      layer[name] = file.path
    }
    self.driver = driver
    number = try driver.make(key, layer, threads: threads)
  }

  deinit { driver.drop(number) }

  func time(_ count: Int) throws -> Double { try driver.time(number, count: count) }

  func result() throws -> [Float] {
    let file = driver.folder.appendingPathComponent("y")
    try driver.fetch(number, to: file.path)
    return try Data(contentsOf: file).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
}
