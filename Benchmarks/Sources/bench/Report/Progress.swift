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
    emit(text + "\n", to: output)
  }

  /// Prints a warning to standard error.
  func warn(_ text: String) {
    clear()
    complain("warning: \(text)")
  }

  /// Says what is running now.
  func show(_ text: String) {
    if isTerminal { emit("\r\u{1B}[K\(text)", to: .standardError) }
  }

  func clear() {
    if isTerminal { emit("\r\u{1B}[K", to: .standardError) }
  }
}
