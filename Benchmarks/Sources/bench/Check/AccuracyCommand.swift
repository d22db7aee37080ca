import Foundation

/// `bench accuracy`: builds and runs the sweep over all Floats, which prints the table of the documentation.
/// Returns its exit status.
///
/// The sweep is C, beside the kernels' own tests: a loop over 2³² inputs and a reference for each.
func runAccuracy(_ options: AccuracyOptions) throws -> Int32 {
  let script = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../../../Tests/accuracy/run.sh").standardizedFileURL
  guard FileManager.default.isExecutableFile(atPath: script.path) else {
    throw BenchError("the accuracy sweep needs the package's sources: there is no \(script.path)")
  }
  let process = Process()
  process.executableURL = script
  let write = options.writesTable ? ["--write"] : []
  process.arguments = write + ["--stride", String(options.stride)] + options.functions
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus
}
