import Foundation

/// The version of this package; releases are tagged with it.
let packageVersion = "1.0.0"

@main
struct Bench {
  static func main() {
    boundSpinning()
    do {
      exit(try run(parseCommand(Array(CommandLine.arguments.dropFirst()))))
    } catch let error as UsageError {
      complain("Error: \(error.message)\nUsage: \(usageLine)\n  See 'bench --help' for more information.")
      exit(EX_USAGE)
    } catch {
      complain("Error: \(error)")
      exit(EXIT_FAILURE)
    }
  }

  private static func run(_ command: Command) throws -> Int32 {
    switch command {
    case .help(let text): print(text)
    case .version: print(packageVersion)
    case .peers(let install): return try listPeers(install: install)
    case .check(let options): return try runCheck(options)
    case .accuracy(let options): return try runAccuracy(options)
    case .run(let options): return try BenchmarkRun(options).run()
    }
    return EXIT_SUCCESS
  }
}

/// Lets idle threads of the libraries spin for some milliseconds, not the 110 of OpenBLAS or the 200 of LLVM's OpenMP.
/// That is far longer than the pause between two calls of a turn, so no result changes, but a turn need not wait long
/// for the threads of the one before to fall asleep.  The libraries read this when they are loaded or first used.
private func boundSpinning() {
  setenv("KMP_BLOCKTIME", "20", 0)  // milliseconds
  setenv("OPENBLAS_THREAD_TIMEOUT", "25", 0)  // 2^25 cycles
}

/// Writes a line to standard error.
func complain(_ line: String) {
  FileHandle.standardError.write(Data((line + "\n").utf8))
}

/// An error whose description is its message.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
