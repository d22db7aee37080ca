import Foundation
import Testing

/// What a run of the program did.
private struct Ending {
  let status: Int32
  let reason: Process.TerminationReason
  let output: String
  let errors: String
}

/// Runs `bench` where `python3` is this shell script.
private func runBench(_ arguments: [String], python script: String) throws -> Ending {
  try withFolder { folder in
    let python = folder.appendingPathComponent("python3")
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: python)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python.path)
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try runBench(arguments, environment: ["PATH": "\(folder.path):\(path)"])
  }
}

/// Runs `bench` with some variables changed.
private func runBench(_ arguments: [String], environment: [String: String]) throws -> Ending {
  try withFolder { folder in try runBench(arguments, environment, writingTo: folder) }
}

private func runBench(_ arguments: [String], _ environment: [String: String], writingTo folder: URL) throws -> Ending {
  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  // Files, since a pipe that nobody empties would hold the program up.
  let (output, errors) = (folder.appendingPathComponent("output"), folder.appendingPathComponent("errors"))
  for (file, set) in [(output, \Process.standardOutput), (errors, \Process.standardError)] {
    try Data().write(to: file)
    process[keyPath: set] = try FileHandle(forWritingTo: file)
  }
  try process.run()
  process.waitUntilExit()
  return Ending(
    status: process.terminationStatus, reason: process.terminationReason,
    output: try String(contentsOf: output, encoding: .utf8), errors: try String(contentsOf: errors, encoding: .utf8))
}

/// Makes a folder for as long as `body` runs.
private func withFolder<R>(_ body: (URL) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The program, which lies beside these tests.
private let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  .appendingPathComponent("bench")

@Suite("The program", .enabled(if: FileManager.default.isExecutableFile(atPath: program.path)))
struct ProgramTests {
  @Test("without a Python that runs, the peers that need one are not installed, and nothing else is wrong")
  func noPython() throws {
    let ending = try runBench(["peers"], python: "exit 127")
    #expect(ending.status == 0 && ending.reason == .exit, "\(ending)")
    #expect(ending.output.contains("ncnn            not installed"), "\(ending)")
  }

  @Test("no folder of the Python process is left among the temporary files")
  func noTraces() throws {
    try withFolder { folder in
      let ending = try runBench(["peers"], environment: ["TMPDIR": folder.path])
      #expect(ending.status == 0, "\(ending)")
      // The Python process ends a little later.
      let deadline = Date(timeIntervalSinceNow: 20)
      var left = [""]
      while !left.isEmpty && Date() < deadline {
        Thread.sleep(forTimeInterval: 0.1)
        left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("bench-") }
      }
      #expect(left.isEmpty)
    }
  }

  @Test("a peer whose process ends in the middle is left out, with one warning that says so; the run goes on")
  func endOfPython() throws {
    let hello = #"{"versions": {"ncnn": "1.0"}, "folder": "/tmp"}"#
    let ending = try runBench(
      [
        "conv/f32/g1mb1ic64ih56oc64oh56kh3ph1", "conv/f32/g1mb1ic128ih28oc128oh28kh3ph1", "--threads=1",
        "--peers=ncnn", "--min-time=0.001",
      ], python: "[ $# = 1 ] && read line && echo '\(hello)'")
    #expect(ending.status == 0 && ending.reason == .exit, "\(ending)")
    #expect(ending.output.components(separatedBy: "\nconv/f32/").count > 2, "\(ending)")
    #expect(ending.errors.components(separatedBy: "warning: ncnn 1.0 is left out").count == 2, "\(ending)")
  }
}
