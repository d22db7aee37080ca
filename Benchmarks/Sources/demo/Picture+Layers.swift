/// What a convolutional network adds to the page.
extension Picture {
  /// The weights of each filter of a layer with one channel, on a scale of its own.
  mutating func drawFilters(of layer: ConvolutionLayer, _ room: Box) {
    let (count, side) = (layer.geometry.filters, layer.geometry.kernel.z)
    let columns = 4
    let rows = (count + columns - 1) / columns
    let pitch = min((room.width - 40) / Double(columns), (room.height - 24) / Double(rows))
    let left = room.x + (room.width - pitch * Double(columns)) / 2
    for filter in 0..<count {
      let taps = (0..<side * side).map { Double(layer.weights.value[$0 * count + filter]) }
      let most = taps.reduce(1e-9) { max($0, abs($1)) }
      let frame = Box(
        x: left + Double(filter % columns) * pitch, y: room.y + Double(filter / columns) * pitch, width: pitch,
        height: pitch
      ).inset(5)
      let cell = frame.width / Double(side)
      for (index, tap) in taps.enumerated() {
        let box = Box(
          x: frame.x + Double(index % side) * cell, y: frame.y + Double(index / side) * cell, width: cell,
          height: cell)
        canvas.fill(box, Theme.page.mixed(with: tap < 0 ? Theme.blue : Theme.orange, abs(tap) / most))
      }
    }
  }

  /// A bar for each of the slowest kernels.
  mutating func drawTimes(_ times: Times, _ room: Box) {
    let shown = 13
    let rows = times.rows.prefix(shown)
    let height = (room.height - 40) / Double(shown)
    let (bars, width) = (room.x + 392, 130.0)
    let most = rows.map(\.share).max() ?? 1
    for (index, row) in rows.enumerated() {
      let y = room.y + 4 + Double(index) * height
      let line = y + height / 2 + 4
      canvas.text(row.name, bars - 12, line, size: 12, Theme.ink, anchor: .end)
      let bar = Box(x: bars, y: y + 3, width: max(1, width * row.share / most), height: height - 6)
      canvas.fill(bar, radius: 2, Theme.blue)
      canvas.text(
        "\(fixed(row.milliseconds, 2)) ms · \(fixed(100 * row.share, 1)) %", bars + width + 10, line, size: 12,
        Theme.ink)
      guard let rate = row.rate else { continue }
      let peak = "\(fixed(rate.value, rate.value < 10 ? 1 : 0)) \(rate.unit) · \(fixed(100 * rate.ofPeak, 0)) % of peak"
      canvas.text(peak, room.right - 20, line, size: 12, Theme.quiet, anchor: .end)
    }
    let rest = times.rows.dropFirst(shown).reduce(0) { $0 + $1.share }
    canvas.text(
      "\(times.rows.count - rows.count) others together: \(fixed(100 * rest, 1)) %", bars - 12, room.bottom - 14,
      size: 12, Theme.quiet, anchor: .end)
  }
}
