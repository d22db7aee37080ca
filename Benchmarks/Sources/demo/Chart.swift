internal import Foundation

/// One direction of a chart.
struct Axis: Sendable {
  let low: Double
  let high: Double
  let ticks: [Double]
  let isLogarithmic: Bool

  /// Covers `values` with ticks 1, 2 or 5 times a power of ten apart, five or so of them.
  static func linear(_ values: [Double], step least: Double = 0) -> Axis {
    let low = values.min() ?? 0
    let high = max(values.max() ?? 1, low + max(least, 1e-6))
    let rough = (high - low) / 5
    let power = pow(10, log10(rough).rounded(.down))
    let step = max(least, [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough } ?? 10 * power)
    let first = (low / step).rounded(.down)
    let last = (high / step).rounded(.up)
    let ticks = stride(from: first, through: last, by: 1).map { $0 * step }
    return Axis(low: first * step, high: last * step, ticks: ticks, isLogarithmic: false)
  }

  /// Covers positive `values` with ticks at 1, 2 and 5 times the powers of ten.
  static func logarithmic(_ values: [Double]) -> Axis {
    let positive = values.filter { $0 > 0 && $0.isFinite }
    let (least, most) = (positive.min() ?? 0.1, positive.max() ?? 1)
    let all = (-6...4).flatMap { power in [1, 2, 5].map { $0 * pow(10, Double(power)) } }
    let low = all.last { $0 <= least } ?? all[0]
    let high = all.first { $0 >= most && $0 > low } ?? all[all.count - 1]
    return Axis(low: low, high: high, ticks: all.filter { $0 >= low && $0 <= high }, isLogarithmic: true)
  }

  /// 0 at `low`, 1 at `high`.
  func position(_ value: Double) -> Double {
    guard isLogarithmic else { return (value - low) / (high - low) }
    return log(max(value, low) / low) / log(high / low)
  }
}

/// A frame with axes that lines are plotted into.
struct Chart: Sendable {
  let frame: Box
  let x: Axis
  let y: Axis

  func point(_ px: Double, _ py: Double) -> Point {
    Point(frame.x + x.position(px) * frame.width, frame.bottom - y.position(py) * frame.height)
  }

  func drawAxes(_ canvas: inout Canvas, xName: String, yLabel: (Double) -> String) {
    for tick in y.ticks {
      let p = point(x.low, tick)
      canvas.line([p, Point(frame.right, p.y)], width: 1, tick == y.low ? Theme.axis : Theme.grid)
      canvas.text(yLabel(tick), p.x - 8, p.y + 4, size: 11, Theme.quiet, anchor: .end)
    }
    for tick in x.ticks where tick >= x.low && tick <= x.high {
      let p = point(tick, y.low)
      canvas.text(fixed(tick, 0), p.x, p.y + 18, size: 11, Theme.quiet, anchor: .middle)
    }
    canvas.text(xName, frame.right, frame.bottom + 34, size: 11, Theme.quiet, anchor: .end)
  }
}

enum Theme {
  static let page = Color(0xf3f4f6)
  static let card = Color(0xffffff)
  static let ink = Color(0x1f2933)
  static let quiet = Color(0x6b7785)
  static let grid = Color(0xe6e9ed)
  static let axis = Color(0xaab3bd)
  static let blue = Color(0x2563c9)
  static let orange = Color(0xe8731a)
  static let right = Color(0x1c8a4b)
  static let wrong = Color(0xd0312d)
}
