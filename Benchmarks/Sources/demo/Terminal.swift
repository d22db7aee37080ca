internal import Foundation

/// Standard output: a bar that moves on a terminal, plain lines in a pipe or a file.
struct Terminal: ~Copyable {
  private let moves: Bool
  private let width: Int
  private var lastDrawn = ContinuousClock.now

  init() {
    moves = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    var size = winsize()
    let known = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    width = known ? Int(size.ws_col) : 80
  }

  /// A line that stays.
  func line(_ text: String) {
    write((moves ? "\r\u{1b}[K" : "") + text + "\n")
  }

  /// The bar, at most twenty times a second; nothing in a pipe.
  mutating func bar(_ title: String, done: Int, of total: Int, _ note: String) {
    let now = ContinuousClock.now
    guard moves, now - lastDrawn >= .milliseconds(50) else { return }
    lastDrawn = now
    let room = min(32, width - title.count - note.count - 12)
    guard room >= 4 else { return }
    let half = 2 * room * done / max(total, 1)
    let full = String(repeating: "━", count: half / 2) + (half % 2 == 1 ? "╸" : "")
    let rest = String(repeating: "─", count: room - (half + 1) / 2)
    let percent = fixed(100 * Double(done) / Double(max(total, 1)), 0, width: 3)
    write("\r\(title)  \u{1b}[32m\(full)\u{1b}[90m\(rest)\u{1b}[0m \(percent) %  \(note)\u{1b}[K")
  }

  private func write(_ text: String) {
    // A reader that went away (`demo | head`) is no reason to stop: the picture is still wanted.
    try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }
}

func complain(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
}

/// With `digits` after the point, at least `width` wide.
func fixed(_ x: Double, _ digits: Int, width: Int = 0) -> String {
  pad(String(format: "%.\(digits)f", x), width)
}

/// 61,234
func grouped(_ n: Int, width: Int = 0) -> String {
  var digits = String(n.magnitude)
  var text = ""
  while digits.count > 3 {
    text = "," + digits.suffix(3) + text
    digits.removeLast(3)
  }
  return pad((n < 0 ? "-" : "") + digits + text, width)
}

func pad(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
