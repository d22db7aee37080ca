import Foundation
import Testing

@testable import bench

private func result(_ id: String, best: Double, peers: [PeerResult] = []) -> Result {
  Result(
    id: id, kernel: "gemm", dtype: .f32, shape: "8x8x8", isa: "avx2", threads: 1, secondsBest: best,
    secondsMedian: best, gflops: 1, percentOfPeak: 50, errorOverBound: 0.1, peers: peers)
}

private let machine = Machine(
  cpu: "CPU", caches: [], cpusAllowed: [0], threadsAllowed: 1, isasAvailable: ["generic"], isasCompiled: ["generic"],
  os: "", compiler: "", openmp: "", commit: "abc", peers: [])

private struct SomePeer: Peer {
  let name: String
  let threading = "none"
  let operation: bench.Operation

  func serves(_ item: Case) -> Bool { item.operation == operation }
}

@Suite("Reports")
struct ReportTests {
  @Test("a result's JSON has these fields and no others")
  func schema() throws {
    let peer = PeerResult(name: "BLIS 0.9.0", secondsBest: 2, ratio: 2)
    let data = try JSONEncoder().encode(
      ResultFile(machine: machine, results: [result("a", best: 1, peers: [peer])]))
    let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(Set(file.keys) == ["machine", "results"])
    let described = try #require(file["machine"] as? [String: Any])
    #expect(described["peak_gflops"] != nil && described["stream_gbps"] != nil)
    let first = try #require((file["results"] as? [[String: Any]])?.first)
    #expect(
      Set(first.keys) == [
        "id", "kernel", "dtype", "shape", "isa", "threads", "seconds_best", "seconds_median", "gflops",
        "percent_of_peak", "error_over_bound", "peers",
      ])
    let firstPeer = try #require((first["peers"] as? [[String: Any]])?.first)
    #expect(Set(firstPeer.keys) == ["name", "seconds_best", "ratio"])
  }

  @Test("shares of the peak are of the higher one of two measurements")
  func shares() {
    var twice = machine
    twice.peakGflops = Limits.higher(["f32": ["1": 200, "2": 201]], ["f32": ["1": 190, "2": 400]])
    #expect(twice.peakGflops == ["f32": ["1": 200, "2": 400]])
    var rated = result("a", best: 1)
    rated.rate(on: twice)
    #expect(rated.percentOfPeak == 0.5)
  }

  @Test("only what is slower than the threshold allows is a regression", arguments: [(1.09, false), (1.11, true)])
  func baseline(factor: Double, regression: Bool) {
    let before = ResultFile(machine: machine, results: [result("a", best: 1), result("b", best: 1)])
    let now = [result("a", best: factor), result("b", best: 0.5), result("new", best: 1)]
    let comparison = compare(now, on: machine, with: before, threshold: 10)
    #expect(comparison.hasRegression == regression)
    #expect(comparison.lines.contains { $0.hasPrefix("faster") && $0.contains("b:") })
    #expect(!comparison.lines.contains { $0.hasPrefix("warning") })
  }

  @Test("a baseline of another CPU or compiler is warned of; a threshold is printed as it was given")
  func otherMachine() {
    var other = machine
    (other.cpu, other.compiler) = ("another CPU", "another compiler")
    let before = ResultFile(machine: other, results: [result("a", best: 1)])
    let lines = compare([result("a", best: 1)], on: machine, with: before, threshold: 0.5).lines
    #expect(lines.filter { $0.hasPrefix("warning") }.count == 2)
    #expect(lines.last?.contains("more than 0.5 % slower") == true)
  }

  @Test("a baseline without any of the cases is an error that names one of each")
  func foreignBaseline() throws {
    let before = ResultFile(machine: machine, results: [result("a", best: 1), result("b", best: 1)])
    try before.expectResult(forAnyOf: ["new", "b"])
    #expect {
      try before.expectResult(forAnyOf: ["new", "newer"])
    } throws: { "\($0)".contains("2 cases") && "\($0)".contains("new") && "\($0)".contains("holds a") }
    let empty = ResultFile(machine: machine, results: [])
    #expect(throws: BenchError.self) { try empty.expectResult(forAnyOf: ["a"]) }
  }

  @Test(
    "a file that cannot be written is found beforehand, and the reason is in words",
    arguments: [
      ("/nonexistent/x.json", "No such file"), ("/tmp", "Is a directory"), ("/dev/null/x.json", "Not a directory"),
      ("", "No such file"),
    ])
  func unwritable(path: String, reason: String) {
    let message = "cannot write \(path): \(reason)"
    #expect { try checkWritable(path) } throws: { "\($0)".hasPrefix(message) }
    #expect { try writeFile(Data("{}".utf8), to: path) } throws: { "\($0)".hasPrefix(message) }
  }

  @Test("a new file and one that is there can be written; a check leaves both alone")
  func writable() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("x.json").path
    try checkWritable(path)
    #expect(!FileManager.default.fileExists(atPath: path))
    for text in ["a long one", "short"] {
      try writeFile(Data(text.utf8), to: path)
      try checkWritable(path)
      #expect(FileManager.default.contents(atPath: path) == Data(text.utf8))
    }
  }

  @Test("peers are compared shape by shape with the best of them, and each by itself over the shapes it computed")
  func means() {
    let fast = PeerResult(name: "fast", secondsBest: 2, ratio: 2)
    let both = [fast, PeerResult(name: "rare", secondsBest: 8, ratio: 8)]
    let slower = [PeerResult(name: "fast", secondsBest: 8, ratio: 8)]
    let lines = summary(
      [both, slower].map { peers in
        Measured(
          result: result("a", best: 1, peers: peers), section: "net", flops: 1, bytes: 1, squareSize: nil,
          percentOfRead: nil)
      })
    #expect(
      lines == [
        "gemm/f32/avx2/t1 net: best peer / ours over 2 shapes: geometric mean 4.000, minimum 2.000 (8x8x8, fast)",
        "gemm/f32/avx2/t1 net: each peer / ours, geometric mean (shapes): fast 4.000 (2), rare 8.000 (1)",
      ])
  }

  @Test("the table has a column for each peer that some case is for; a ratio of the whole call from Python says so")
  func columns() throws {
    let item = Case(
      operation: .product, kernel: "gemm", dtype: .f32, shape: "8x8x8", isa: .best, threads: 1, section: "", flops: 1,
      bytesRead: 1, bytesWritten: 1, squareSize: nil, prepare: { throw BenchError("not prepared here") })
    let peers = [("one 1", bench.Operation.product), ("two 2", .product), ("other 3", .softmax)].map(SomePeer.init)
    let table = Table(cases: [item], peers: peers)
    let heading = table.heading.joined(separator: "\n")
    #expect(heading.contains("one") && heading.contains("two") && !heading.contains("other"))
    let times = [("one 1", 1.5), ("two 2 (call)", 3)].map { PeerResult(name: $0, secondsBest: $1, ratio: $1) }
    let measured = Measured(
      result: result("a", best: 1, peers: times), section: "", flops: 1, bytes: 1, squareSize: nil, percentOfRead: nil)
    #expect(table.row(measured).hasSuffix("1.50 3.00 (call)"))
  }

  @Test("best and median of the samples")
  func timing() {
    let timing = Timing(samples: [3, 1, 2].map { Sample(seconds: $0) })
    #expect(timing.best == 1)
    #expect(timing.median == 2)
  }

  @Test("an overhead's best and median are taken away, not each sample's from that sample")
  func overhead() {
    let timing = Timing(samples: [Sample(seconds: 9, overhead: 3), Sample(seconds: 8, overhead: 5)])
    #expect(timing.best == 8 - 3)
    #expect(timing.median == 9 - 5)
  }

  @Test("times in the unit that reads best", arguments: [(31e-9, "31.0 ns"), (4.2e-3, "4.20 ms"), (1.5, "1.50 s")])
  func times(seconds: Double, text: String) {
    #expect(formatTime(seconds) == text)
  }

  @Test("text cannot become markup")
  func escaping() {
    #expect(escaped("<a href=\"x\">&") == "&lt;a href=&quot;x&quot;&gt;&amp;")
  }
}
