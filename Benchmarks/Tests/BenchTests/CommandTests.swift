import Foundation
import Testing

@testable import bench

@Suite("Command line")
struct CommandTests {
  private func runOptions(_ arguments: String...) throws -> RunOptions {
    guard case .run(let options) = try parseCommand(arguments) else {
      throw UsageError(message: "not a run: \(arguments)")
    }
    return options
  }

  @Test("options, their inline values and filters may stand in any order")
  func anyOrder() throws {
    let options = try runOptions("gemm/f32", "--threads=1,4", "--dtype", "f64", "8x8x8", "--min-time", "0.5")
    #expect(options.filters == ["gemm/f32", "8x8x8"])
    #expect(options.threads == [1, 4])
    #expect(options.dtypes == [.f64])
    #expect(options.minTime == 0.5)
  }

  @Test("what follows -- is a filter even if it looks like an option")
  func terminator() throws {
    #expect(try runOptions("--", "--json").filters == ["--json"])
  }

  @Test("a lone - is a value")
  func dash() throws {
    #expect(try runOptions("--json", "-").json == "-")
  }

  @Test(
    "mistakes are usage errors that name what is wrong",
    arguments: [
      (["--bogus"], "--bogus"), (["--threads"], "--threads"), (["--threads", "0"], "0"),
      (["--threads", "1,,2"], "1,,2"),
      (["--dtype", "f16"], "f16"), (["--min-time", "nan"], "nan"), (["--min-time", "-1"], "-1"),
      (["--peers", "openblas,nobody"], "nobody"), (["--help=yes"], "--help"), (["peers", "extra"], "extra"),
      (["check", "--seed", "-1"], "-1"), (["check", "--cases", "0"], "0"),
    ])
  func mistakes(arguments: [String], named: String) {
    #expect {
      try parseCommand(arguments)
    } throws: { error in
      (error as? UsageError)?.message.contains(named) == true
    }
  }

  @Test("what is named twice is measured once")
  func duplicates() throws {
    let options = try runOptions("--threads", "2,1,02", "--isa", "generic,generic", "--dtype", "f64,f32,f64")
    #expect(options.threads == [2, 1] && options.isas == ["generic"] && options.dtypes == [.f64, .f32])
  }

  @Test("where every call is serial, more threads are refused if they were asked for, and else left out")
  func serial() throws {
    #expect(try threadCounts(nil, allowed: 4, serial: nil) == [1, 4])
    #expect(try threadCounts(nil, allowed: 1, serial: nil) == [1])
    #expect(try threadCounts([3, 1], allowed: 2, serial: nil) == [3, 1])
    #expect(try threadCounts(nil, allowed: 4, serial: "no OpenMP") == [1])
    #expect(try threadCounts([1], allowed: 4, serial: "no OpenMP") == [1])
    #expect {
      try threadCounts([1, 2], allowed: 4, serial: "no OpenMP")
    } throws: { "\($0)" == "nothing runs on 2 threads: no OpenMP" }
  }

  @Test(
    "a line that describes no case is a mistake in the command line, not of a kernel",
    arguments: [
      "error-bound m=-5", "error-bound bias=7", "error-bound m=9999 n=9999 k=9999", "error-bound x=1", "none",
    ])
  func impossibleReplay(line: String) {
    var options = CheckOptions()
    options.replay = "gemm/f32/generic/\(line)"
    #expect(throws: UsageError.self) { try runCheck(options) }
  }

  @Test("the version is the one that README.md tells dependents to ask for")
  func version() throws {
    let root = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../..").standardizedFileURL
    let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    #expect(readme.contains("from: \"\(packageVersion)\""))
  }

  @Test(
    "help lists every option, whichever command it is asked of, and however",
    arguments: [[], ["check"], ["accuracy"], ["peers"], ["gemm"]], ["--help", "-h"])
  func help(command: [String], flag: String) throws {
    guard case .help(let text) = try parseCommand(command + [flag]) else {
      Issue.record("\(flag) is no help")
      return
    }
    for name in RunOptions.table.map(\.name) + CheckOptions.table.map(\.name) { #expect(text.contains("--\(name)")) }
  }
}
