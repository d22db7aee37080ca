internal import Foundation

/// What the training looked like and what the network says of test images, on one page.
struct Picture: Sendable {
  let trainer: Trainer
  private let predictions: Predictions
  private let seconds: Double
  private let seed: UInt64
  var canvas: Canvas

  /// `times` is what a network with filters adds to the page.
  init(trainer: Trainer, predictions: Predictions, seconds: Double, seed: UInt64, times: Times?) {
    self.trainer = trainer
    self.predictions = predictions
    self.seconds = seconds
    self.seed = seed
    let more = times == nil ? 0.0 : 382
    canvas = Canvas(width: 1280, height: 1240 + more)
    canvas.fill(Box(x: 0, y: 0, width: canvas.width, height: canvas.height), Theme.page)
    drawTitle()
    drawLoss(card(Box(x: 32, y: 108, width: 396, height: 366), "Training loss", "cross-entropy, logarithmic"))
    drawAccuracy(card(Box(x: 444, y: 108, width: 396, height: 366), "Accuracy", ""))
    drawConfusion(card(Box(x: 856, y: 108, width: 392, height: 366), "Confusion", "test images, % of each row's class"))
    if let times, let network = trainer.network as? ConvolutionalNetwork {
      drawFilters(
        of: network.first,
        card(Box(x: 32, y: 490, width: 396, height: 366), "First filters", "blue below 0, orange above"))
      drawTimes(times, card(Box(x: 444, y: 490, width: 804, height: 366), "Where the time went", times.limits))
    }
    drawExamples(card(Box(x: 32, y: 490 + more, width: 1216, height: 718), "Predictions", ""))
  }

  /// To be called before the training, not after it.
  static func checkWritable(_ path: String) throws(DemoError) {
    let files = FileManager.default
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    let exists = unsafe files.fileExists(atPath: path, isDirectory: &isFolder)
    guard !isFolder.boolValue, files.isWritableFile(atPath: exists ? path : folder) else {
      throw DemoError("\(path): cannot be written (--out FILE)")
    }
  }

  /// As a PNG of twice the drawing's size, or as an SVG if the name ends so.
  func write(to path: String) throws {
    let bytes: [UInt8]
    if path.hasSuffix(".svg") {
      bytes = Array(try canvas.svg().utf8)
    } else {
      let raster = Raster(canvas, scale: 2, background: Theme.page)
      bytes = try PNG.rgb(raster.pixels, columns: raster.columns)
    }
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    } catch {
      throw DemoError("\(path): cannot be written (\(error.localizedDescription))")
    }
  }

  // MARK: Title and cards

  private mutating func drawTitle() {
    let count = trainer.test.count
    let accuracy = 100 * Double(predictions.correct) / Double(count)
    canvas.text("Fashion-MNIST, " + type(of: trainer.network).title, 34, 58, size: 28, Theme.ink, bold: true)
    let images = grouped(trainer.train.count)
    canvas.text(
      "\(trainer.network.summary) · \(images) training images × \(trainer.epochs) epochs in \(fixed(seconds, 1)) s · "
        + "\(trainer.machine.isa.name), \(trainer.machine.threads) thread\(trainer.machine.threads == 1 ? "" : "s")"
        + " · seed \(seed)", 34, 86, size: 14, Theme.quiet)
    canvas.text("\(fixed(accuracy, 2)) %", 1246, 58, size: 28, Theme.right, anchor: .end, bold: true)
    canvas.text(
      "of \(grouped(count)) test images right", 1246, 86, size: 14, Theme.quiet, anchor: .end)
  }

  /// A white card with a heading; returns the room below that.
  private mutating func card(_ box: Box, _ heading: String, _ note: String) -> Box {
    canvas.fill(box, radius: 10, Theme.card)
    canvas.text(heading, box.x + 20, box.y + 31, size: 16, Theme.ink, bold: true)
    canvas.text(note, box.right - 20, box.y + 31, size: 11, Theme.quiet, anchor: .end)
    return Box(x: box.x, y: box.y + 44, width: box.width, height: box.height - 44)
  }

  private mutating func legend(_ name: String, _ color: Color, right: Double, y: Double) {
    canvas.line([Point(right - 74, y - 4), Point(right - 56, y - 4)], width: 3, color)
    canvas.text(name, right - 48, y, size: 12, Theme.ink)
  }

  private func plot(_ room: Box, y: Axis) -> Chart {
    let x = Axis.linear([0, Double(trainer.epochs)], step: 1)
    let frame = Box(x: room.x + 62, y: room.y + 16, width: room.width - 88, height: room.height - 70)
    return Chart(
      frame: frame, x: Axis(low: 0, high: Double(trainer.epochs), ticks: x.ticks, isLogarithmic: false), y: y)
  }

  // MARK: Curves

  /// Mean loss of every stretch of steps, the light line, and of every epoch, the dark one.
  private mutating func drawLoss(_ room: Box) {
    let losses = trainer.losses
    let width = max(1, losses.count / 240)
    let perEpoch = Double(trainer.stepsPerEpoch)
    let stretches = stride(from: 0, to: losses.count, by: width).map { start in
      let part = losses[start..<min(start + width, losses.count)]
      return (at: (Double(start) + Double(part.count) / 2) / perEpoch, mean: part.reduce(0, +) / Double(part.count))
    }
    let chart = plot(room, y: .logarithmic(stretches.map(\.mean) + trainer.history.map(\.loss)))
    chart.drawAxes(&canvas, xName: "epoch") { fixed($0, $0 < 0.1 ? 2 : $0 < 1 ? 1 : 0) }
    canvas.line(stretches.map { chart.point($0.at, $0.mean) }, width: 1.2, Theme.blue, opacity: 0.4)
    draw(trainer.history.map(\.loss), shift: 0.5, Theme.blue, chart)
  }

  private mutating func drawAccuracy(_ room: Box) {
    let training = trainer.history.map { 100 * $0.accuracy }
    let test = trainer.history.map { 100 * $0.testAccuracy }
    let chart = plot(room, y: .linear(training + test))
    chart.drawAxes(&canvas, xName: "epoch") { fixed($0, 0) + " %" }
    legend("training", Theme.blue, right: room.right - 110, y: room.y - 13)
    legend("test", Theme.orange, right: room.right - 2, y: room.y - 13)
    // The training accuracy is a mean over its epoch; the test's is taken at the end.
    draw(training, shift: 0.5, Theme.blue, chart)
    draw(test, shift: 1, Theme.orange, chart)
  }

  /// One value for each epoch.
  private mutating func draw(_ values: [Double], shift: Double, _ color: Color, _ chart: Chart) {
    let points = values.enumerated().map { chart.point(Double($0.offset) + shift, $0.element) }
    canvas.line(points, width: 2.2, color)
    for point in points { canvas.line([point], width: 6.5, color) }
  }

  // MARK: Confusion

  private mutating func drawConfusion(_ room: Box) {
    let classes = FashionMNIST.classes.count
    var counts = [Int](repeating: 0, count: classes * classes)
    for i in 0..<trainer.test.count {
      counts[Int(trainer.test.labels[i]) * classes + predictions.best(i).label] += 1
    }
    let cell = 27.0
    let (left, top) = (room.x + 102, room.y + 38)
    for row in 0..<classes {
      let y = top + Double(row) * cell
      canvas.text(FashionMNIST.classes[row], left - 10, y + 18, size: 12, Theme.ink, anchor: .end)
      let icon = Box(x: left + Double(row) * cell + 1.5, y: top - 28, width: 24, height: 24)
      canvas.image(meanImage(of: row), columns: FashionMNIST.side, icon)
      let total = counts[row * classes..<(row + 1) * classes].reduce(0, +)
      for column in 0..<classes {
        let share = Double(counts[row * classes + column]) / Double(max(total, 1))
        let box = Box(x: left + Double(column) * cell, y: y, width: cell, height: cell)
        draw(share: share, isRight: row == column, box.inset(1))
      }
    }
  }

  private mutating func draw(share: Double, isRight: Bool, _ box: Box) {
    // The square root keeps the rare confusions visible.
    canvas.fill(box, radius: 3, Theme.page.mixed(with: isRight ? Theme.right : Theme.wrong, share.squareRoot()))
    let percent = (100 * share).rounded()
    guard percent >= 1 else { return }
    canvas.text(
      fixed(percent, 0), box.x + box.width / 2, box.y + 16.5, size: 11, share > 0.2 ? Theme.card : Theme.ink,
      anchor: .middle)
  }

  /// The mean of the training images of one class.
  private func meanImage(of label: Int) -> [UInt8] {
    var sums = [Int](repeating: 0, count: FashionMNIST.pixels)
    var count = 0
    for i in 0..<trainer.train.count where trainer.train.labels[i] == label {
      for (p, byte) in trainer.train.image(i).enumerated() { sums[p] += Int(byte) }
      count += 1
    }
    return sums.map { 255 - UInt8($0 / max(count, 1)) }
  }

  // MARK: Examples

  /// A column for each class: the first five test images of it, and the surest mistake about it.
  private mutating func drawExamples(_ room: Box) {
    canvas.text(
      "the first five test images of each class, not chosen, and below them the surest mistake in the class",
      room.x + 140, room.y - 13, size: 13, Theme.quiet)
    let width = (room.width - 24) / Double(FashionMNIST.classes.count)
    for (label, name) in FashionMNIST.classes.enumerated() {
      let centre = room.x + 12 + (Double(label) + 0.5) * width
      canvas.text(name, centre, room.y + 22, size: 14, Theme.ink, anchor: .middle, bold: true)
      let members = (0..<trainer.test.count).filter { Int(trainer.test.labels[$0]) == label }
      for (row, image) in members.prefix(5).enumerated() {
        draw(image, centre: centre, top: room.y + 36 + Double(row) * 104)
      }
      let mistakes = members.filter { predictions.best($0).label != label }
      if let surest = mistakes.max(by: { predictions.best($0).probability < predictions.best($1).probability }) {
        draw(surest, centre: centre, top: room.y + 572)
      }
    }
    let y = room.y + 559
    canvas.line([Point(room.x + 20, y), Point(room.right - 20, y)], width: 1, Theme.grid)
  }

  private mutating func draw(_ image: Int, centre: Double, top: Double) {
    let best = predictions.best(image)
    let color = best.label == Int(trainer.test.labels[image]) ? Theme.right : Theme.wrong
    let side = 72.0
    let frame = Box(x: centre - side / 2 - 2, y: top - 2, width: side + 4, height: side + 4)
    canvas.fill(frame, radius: 5, color)
    // The data set holds negatives of photographs taken on white; this turns them back.
    canvas.image(
      trainer.test.image(image).map { 255 - $0 }, columns: FashionMNIST.side,
      Box(x: centre - side / 2, y: top, width: side, height: side))
    let percent = fixed(100 * Double(best.probability), 0)
    canvas.text(
      "\(FashionMNIST.classes[best.label]) \(percent) %", centre, top + side + 17, size: 11.5, color, anchor: .middle)
  }
}
