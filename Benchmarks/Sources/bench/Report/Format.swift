import Foundation

/// A number with that many digits after the point; "-" for one that is not finite.
func format(_ value: Double, _ digits: Int) -> String {
  value.isFinite ? String(format: "%.\(digits)f", value) : "-"
}

/// Seconds in the unit that reads best.
func formatTime(_ seconds: Double) -> String {
  for (unit, scale) in [("ns", 1e9), ("µs", 1e6), ("ms", 1e3)] where seconds * scale < 1000 {
    return format(seconds * scale, seconds * scale < 10 ? 2 : 1) + " " + unit
  }
  return format(seconds, 2) + " s"
}

func formatBytes(_ bytes: Int) -> String {
  bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
}

extension String {
  /// Padded with blanks on the left, or on the right, to `width` characters.
  func right(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
  func left(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
