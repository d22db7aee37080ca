import CBench
import Foundation

/// A library that comes as a Python wheel, driven by `Peers/wheels.py`, which says how it takes the time.
struct WheelPeer: Peer {
  let name: String
  let threading: String
  private let key: String
  private let operations: [Operation]
  private let driver: WheelDriver

  /// - Parameter operations: what the script knows how to ask of it.
  static func load(_ key: String, _ name: String, _ operations: [Operation]) -> (any Peer)? {
    guard let driver = WheelDriver.shared, let version = driver.versions[key] else { return nil }
    return WheelPeer(
      name: "\(name) \(version)", threading: "its own, in a Python process", key: key, operations: operations,
      driver: driver)
  }

  func serves(_ item: Case) -> Bool { item.dtype == .f32 && operations.contains(item.operation) }

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
    guard operations.contains(.softmax), let problem = problem as? SoftmaxProblem<Float>, !problem.log else {
      return nil
    }
    let layer: [String: Any] = ["op": "softmax", "rows": problem.rows, "columns": problem.columns, "kernel": true]
    return contender(layer, ["x": Array(problem.x.elements)], threads) { values in
      guard values.count == problem.y.count else { throw BenchError("a peer's result has another size") }
      for (i, value) in values.enumerated() { problem.y.pointer[i] = value }
    }
  }

  func pooling<T: BenchmarkScalar>(_ problem: PoolingProblem<T>, threads: Int) -> Contender? {
    guard operations.contains(.pooling), let problem = problem as? PoolingProblem<Float>, problem.task == .maxima
    else { return nil }
    var layer = problem.layer.words
    layer["op"] = "maxpool"
    layer["kernel"] = problem.channelsLast
    return contender(layer, ["x": problem.imageX.channelsFirst], threads) { try problem.imageY.setChannelsFirst($0) }
  }

  private func contender(
    _ layer: [String: Any], _ operands: [String: [Float]], _ threads: Int, store: @escaping ([Float]) throws -> Void
  ) -> Contender? {
    do {
      let layer = try WheelLayer(driver, key, layer, operands, threads: threads)
      let name = layer.timesCall ? PeerResult.ofWholeCall(name) : name
      return Contender(name: name, timing: layer.time, deliver: { try store(layer.result()) })
    } catch {
      return Contender(name: name) { _ in throw error }
    }
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
  /// Where operands and results travel; the process removes it when it ends.
  private(set) var folder = ""
  private(set) var versions: [String: String] = [:]

  private struct Answer: Decodable {
    var versions: [String: String]?
    var folder: String?
    var call: Bool?
    var seconds: Double?
    var overhead: Double?
    var error: String?
  }

  private init() throws {
    let script = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().appendingPathComponent("../../../Peers/wheels.py").standardizedFileURL
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path]
    process.standardInput = requests
    process.standardOutput = answers
    process.standardError = FileHandle.nullDevice
    try process.run()
    let answer = try ask(["peers": true])
    guard let versions = answer.versions, let folder = answer.folder else { throw BenchError("no versions came back") }
    (self.versions, self.folder) = (versions, folder)
  }

  /// Sets up a layer; returns its number, and whether a whole call of it is timed.
  func make(_ key: String, _ layer: [String: Any], threads: Int) throws -> (number: Int, timesCall: Bool) {
    made += 1
    var layer = layer
    layer["cpus"] = Array(cpus.prefix(threads))
    return (made, try ask(["make": made, "peer": key, "layer": layer]).call ?? false)
  }

  func time(_ number: Int, count: Int) throws -> Sample {
    let answer = try ask(["time": number, "count": count])
    guard let seconds = answer.seconds else { throw BenchError("no time came back") }
    return Sample(seconds: seconds, overhead: answer.overhead ?? 0)
  }

  func fetch(_ number: Int, to path: String) throws { _ = try ask(["fetch": number, "path": path]) }

  func drop(_ number: Int) { _ = try? ask(["drop": number]) }

  private func ask(_ request: [String: Any]) throws -> Answer {
    var line = try JSONSerialization.data(withJSONObject: request)
    line.append(UInt8(ascii: "\n"))
    try requests.fileHandleForWriting.write(contentsOf: line)
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = unread[..<end]
        unread = Data(unread[unread.index(after: end)...])
        let answer = try JSONDecoder().decode(Answer.self, from: line)
        if let error = answer.error { throw BenchError(error) }
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
  let timesCall: Bool

  init(
    _ driver: WheelDriver, _ key: String, _ layer: [String: Any], _ operands: [String: [Float]], threads: Int
  ) throws {
    var layer = layer
    layer["threads"] = threads
    for (name, values) in operands {
      let path = "\(driver.folder)/\(name)"
      try values.withUnsafeBytes { try writeFile(Data($0), to: path) }
      layer[name] = path
    }
    self.driver = driver
    (number, timesCall) = try driver.make(key, layer, threads: threads)
  }

  deinit { driver.drop(number) }

  func time(_ count: Int) throws -> Sample { try driver.time(number, count: count) }

  func result() throws -> [Float] {
    let path = "\(driver.folder)/y"
    try driver.fetch(number, to: path)
    return try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
}
