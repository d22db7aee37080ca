import Foundation

/// Where the table goes, and a line below it that says what is running: on a terminal it replaces itself, in a pipe it
/// is left out, so that a pipe gets plain finished lines alone.
struct Progress {
  private let output: FileHandle
  private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1

  /// - Parameter tableToStandardError: where standard output carries something else.
  init(tableToStandardError: Bool) {
    output = tableToStandardError ? .standardError : .standardOutput
  }

  /// Prints a finished line.
  func line(_ text: String = "") {
    clear()
    output.write(Data((text + "\n").utf8))
  }

  /// Says what is running now.
  func show(_ text: String) {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8)) }
  }

  func clear() {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
