import Foundation

/// The version of this package; releases are tagged with it.
let packageVersion = "1.0.0"

@main
struct Bench {
  static func main() {
    // Writing to a process that has ended is an error like any other, not the end of this one.
    signal(SIGPIPE, SIG_IGN)
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
func complain(_ line: String) { emit(line + "\n", to: .standardError) }

/// Writes to standard output or standard error; ends the program where that fails, in silence where it is because nobody
/// reads any more (`| head`).
func emit(_ text: String, to file: FileHandle) {
  do { try file.write(contentsOf: Data(text.utf8)) } catch {
    let reason = errno
    let message = "Error: cannot write: \(String(cString: strerror(reason)))\n"
    if reason != EPIPE { try? FileHandle.standardError.write(contentsOf: Data(message.utf8)) }
    exit(EXIT_FAILURE)
  }
}

/// An error whose description is its message.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
