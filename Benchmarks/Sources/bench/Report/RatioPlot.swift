import Foundation

/// The best peer's time over ours for every shape of one group: bars from the line at 1, to the right where we win.
struct RatioPlot {
  private let bars: [(shape: String, peer: String, ratio: Double)]

  private let barWidth = 320.0
  private let rowHeight = 20.0
  /// Of the shapes on the left, and of the ratios and peers on the right.
  private let labelWidth: Double
  private let resultWidth: Double
  private var width: Double { labelWidth + barWidth + resultWidth }

  /// nil where no peer took part.
  init?(_ group: [Measured]) {
    bars = group.compactMap { measured in
      measured.result.bestPeer.map { (measured.result.shape, $0.name, $0.ratio) }
    }
    if bars.isEmpty { return nil }
    // A character of 12 pixels' height is seven wide at most on average.
    labelWidth = 7 * Double(bars.map(\.shape.count).max()!) + 16
    resultWidth = 7 * Double(bars.map(\.peer.count).max()!) + 64
  }

  var figure: String {
    let height = rowHeight * Double(bars.count) + 30
    return """
      <figure><svg viewBox="0 0 \(format(width, 0)) \(format(height, 0))" role="img"
        aria-label="Time of the best peer over ours, by shape">
      <line class="axis" x1="\(format(x(1), 1))" x2="\(format(x(1), 1))" y1="4" y2="\(format(height - 24, 0))"/>
      <text x="\(format(x(1), 1))" y="\(format(height - 8, 0))" text-anchor="middle">1</text>
      \(bars.enumerated().map { row($1, top: rowHeight * Double($0) + 4) }.joined(separator: "\n"))
      </svg><figcaption>Time of the fastest peer over ours (logarithmic): to the right of the line ours is faster.
      </figcaption></figure>
      """
  }

  /// A factor of two either way fills the plot; what lies beyond is cut off, and its number says so.
  private func x(_ ratio: Double) -> Double {
    let half = barWidth / 2
    return labelWidth + half + half * max(-1, min(1, log2(ratio)))
  }

  private func row(_ bar: (shape: String, peer: String, ratio: Double), top: Double) -> String {
    let (from, to) = (min(x(1), x(bar.ratio)), max(x(1), x(bar.ratio)))
    let base = format(top + 13, 1)
    return """
      <text class="name" x="\(format(labelWidth - 8, 0))" y="\(base)" text-anchor="end">\(escaped(bar.shape))</text>\
      <rect x="\(format(from, 1))" y="\(format(top + 3, 1))" width="\(format(max(1, to - from), 1))" height="12" \
      fill="var(--\(bar.ratio >= 1 ? "s0" : "s1"))"><title>\(escaped(bar.shape)): \(escaped(bar.peer)) took \
      \(format(bar.ratio, 3)) times as long</title></rect>\
      <text x="\(format(width - resultWidth + 8, 0))" y="\(base)">\(format(bar.ratio, 2)) \(escaped(bar.peer))</text>
      """
  }
}
