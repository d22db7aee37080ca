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
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: folder) }
  let python = folder.appendingPathComponent("python3")
  try Data("#!/bin/sh\n\(script)\n".utf8).write(to: python)
  try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python.path)

  let process = Process()
  process.executableURL = program
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging([
    "PATH": "\(folder.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
  ]) { $1 }
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
}
