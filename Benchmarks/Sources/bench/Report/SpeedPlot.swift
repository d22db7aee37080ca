import Foundation

/// Speed over size for the squares of one group, or for its numbers of elements: ours, each peer, and the roofline.
struct SpeedPlot {
  private struct Series {
    let name: String
    /// Colour and order: 0 is ours.
    let index: Int
    let points: [(size: Double, gflops: Double)]
  }

  private let series: [Series]
  private let roof: [(size: Double, gflops: Double)]
  private let sizes: [Double]
  private let top: Double
  private let isOfSquares: Bool

  private let width = 640.0
  private let height = 380.0
  private let margin = (left: 52.0, right: 32.0, top: 28.0, bottom: 84.0)

  /// A result and its place on the axis.
  private typealias Sized = (size: Double, measured: Measured)

  /// nil where the group holds fewer than two sizes.
  init?(_ group: [Measured], machine: Machine) {
    isOfSquares = group.contains { $0.squareSize != nil }
    let sized = group.compactMap { measured -> Sized? in
      (measured.squareSize ?? measured.elements).map { (Double($0), measured) }
    }.sorted { $0.size < $1.size }
    guard sized.count > 1 else { return nil }
    sizes = sized.map(\.size)
    series = SpeedPlot.series(sized, peers: machine.peers.map(\.name))
    roof = sized.map { size, measured in
      let result = measured.result
      let fromMemory =
        machine.readGBps(holding: measured.bytes, threads: result.threads) * measured.flops / measured.bytes
      let peak = machine.peak(result.dtype, threads: result.threads)
      return (size, fromMemory.isFinite ? min(peak, fromMemory) : peak)
    }
    let highest = (series.flatMap(\.points) + roof).map(\.gflops).filter(\.isFinite).max() ?? 1
    top = highest * 1.06
  }

  private static func series(_ sized: [Sized], peers: [String]) -> [Series] {
    let ours = Series(name: "swift-kernels", index: 0, points: sized.map { ($0.size, $0.measured.result.gflops) })
    let points = peers.map { name in
      sized.compactMap { size, measured in
        measured.result.peers.first { $0.name == name }.map { (size, measured.flops / $0.secondsBest / 1e9) }
      }
    }
    let others = zip(peers, points).filter { !$1.isEmpty }.enumerated().map { index, peer in
      Series(name: peer.0, index: min(index + 1, 6), points: peer.1)
    }
    return others + [ours]
  }

  var figure: String {
    """
    <figure><svg viewBox="0 0 \(format(width, 0)) \(format(height, 0))" role="img"
      aria-label="Speed over size">
    <text x="\(format(margin.left, 0))" y="14">\(unit)</text>
    \(grid)
    <path class="roof" d="\(path(roof))"><title>roofline</title></path>
    \(series.map(curve).joined(separator: "\n"))
    \(legend)
    </svg><figcaption>\(isOfSquares ? "GFLOP/s of n×n×n products over n" : "Elements a second over their number").
    Dashed: the roofline, the lesser of the measured multiply-add peak and the read bandwidth where the operands lie.
    </figcaption></figure>
    """
  }

  private var unit: String { isOfSquares ? "GFLOP/s" : "Gelem/s" }

  // MARK: Places

  private func x(_ size: Double) -> Double {
    let (low, high) = (log2(sizes.first!), log2(sizes.last!))
    return margin.left + (width - margin.left - margin.right) * (log2(size) - low) / (high - low)
  }

  private func y(_ gflops: Double) -> Double {
    height - margin.bottom - (height - margin.top - margin.bottom) * gflops / top
  }

  private func path(_ points: [(size: Double, gflops: Double)]) -> String {
    points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(format(x(point.size), 1)) \(format(y(point.gflops), 1))"
    }.joined(separator: " ")
  }

  // MARK: Parts

  private func curve(_ series: Series) -> String {
    let kind = series.index == 0 ? "line ours" : "line"
    let dots = series.points.map { point in
      """
      <circle cx="\(format(x(point.size), 1))" cy="\(format(y(point.gflops), 1))" r="\(series.index == 0 ? 4 : 3)" \
      fill="var(--s\(series.index))"><title>\(escaped(series.name)), \(format(point.size, 0)): \
      \(format(point.gflops, 2)) \(unit)</title></circle>
      """
    }
    return "<path class=\"\(kind)\" stroke=\"var(--s\(series.index))\" d=\"\(path(series.points))\"/>" + dots.joined()
  }

  private var grid: String {
    let step = niceStep(top / 5)
    let horizontal = stride(from: 0, through: top, by: step).map { value in
      """
      <line class="\(value == 0 ? "axis" : "rule")" x1="\(format(margin.left, 0))" x2="\(format(width - margin.right, 0))" \
      y1="\(format(y(value), 1))" y2="\(format(y(value), 1))"/>\
      <text x="\(format(margin.left - 8, 0))" y="\(format(y(value) + 4, 1))" text-anchor="end">\(String(format: "%g", value))</text>
      """
    }
    let powers = sizes.filter { $0.significand == 1 }
    let vertical = powers.map { size in
      """
      <text x="\(format(x(size), 1))" y="\(format(height - margin.bottom + 18, 0))" text-anchor="middle">\
      \(format(size, 0))</text>
      """
    }
    return (horizontal + vertical).joined(separator: "\n")
  }

  private var legend: String {
    let ordered = series.sorted { $0.index < $1.index }
    let columnWidth = (width - margin.left) / 3
    return ordered.enumerated().map { place, series in
      let left = margin.left + columnWidth * Double(place % 3)
      let base = height - margin.bottom + 42 + 18 * Double(place / 3)
      return """
        <line class="line\(series.index == 0 ? " ours" : "")" stroke="var(--s\(series.index))" \
        x1="\(format(left, 0))" x2="\(format(left + 20, 0))" y1="\(format(base - 4, 0))" y2="\(format(base - 4, 0))"/>\
        <text class="name" x="\(format(left + 26, 0))" y="\(format(base, 0))">\(escaped(series.name))</text>
        """
    }.joined(separator: "\n")
  }
}

/// 1, 2 or 5 times a power of ten, the least that is not below `value`.
func niceStep(_ value: Double) -> Double {
  let power = pow(10, floor(log10(value)))
  return [1, 2, 5, 10].map { $0 * power }.first { $0 >= value } ?? 10 * power
}
