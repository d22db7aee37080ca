import Kernels

/// MTCNN's cascade over one photograph: proposals at many scales, refined, refined again.
/// The steps between the networks are those of the detector that the vectors came from, facenet-pytorch.
struct FaceDetector {
  struct Candidate {
    /// left, top, right, bottom in pixels.
    var box: SIMD4<Float>
    var score: Float
    /// The change of the box that a network asks for, in widths and heights of it.
    var shift: SIMD4<Float>
    var points: [Float] = []

    var size: SIMD2<Float> { SIMD2(box.z - box.x, box.w - box.y) }
  }

  /// What the three networks see first: one image for each scale, and crops.
  struct Inputs {
    var scales: [Tensor<Float>] = []
    var refined = Tensor<Float>(shape: [0], elements: [])
    var last = Tensor<Float>(shape: [0], elements: [])
  }

  private static let smallest: Float = 40
  private static let factor: Float = 0.709
  private static let thresholds: (Float, Float, Float) = (0.6, 0.7, 0.7)

  let networks: FaceNetworks<Float>
  /// Red, green and blue, 0 … 255: [1, 3, height, width].
  let image: Tensor<Float>
  let isa: ISA

  private var side: SIMD2<Int> { SIMD2(image.shape[3], image.shape[2]) }

  /// The faces, the surest first, and what the networks saw.
  func detect() throws -> (faces: [Candidate], inputs: Inputs) {
    var inputs = Inputs()
    var found = try propose(&inputs)
    found = suppress(found, above: 0.7).map { face in
      var face = face
      face.box += face.shift * SIMD4(face.size, face.size)
      return squared(face)
    }
    inputs.refined = try crops(found, side: 24)
    let (probability, box) = try networks.refined(inputs.refined)
    found = accepted(found, probability, box, above: Self.thresholds.1)
    found = suppress(found, above: 0.7).map { squared(shifted($0)) }
    inputs.last = try crops(found, side: 48)
    let (last, lastBox, points) = try networks.outputs(inputs.last)
    for index in found.indices {
      found[index].points = placed(points.elements[index * 10..<index * 10 + 10], in: found[index])
    }
    found = accepted(found, last, lastBox, above: Self.thresholds.2).map(shifted)
    return (suppress(found, above: 0.7, ofSmaller: true), inputs)
  }

  // MARK: Stages

  private func propose(_ inputs: inout Inputs) throws -> [Candidate] {
    var (scale, all) = (12 / Self.smallest, [Candidate]())
    while Float(min(side.x, side.y)) * scale >= 12 {
      let small = SIMD2(Int(Float(side.x) * scale + 1), Int(Float(side.y) * scale + 1))
      let seen = try normalised(resampled(image, to: small))
      inputs.scales.append(seen)
      let (probability, box) = try networks.proposals(seen)
      all += suppress(windows(probability, box, scale), above: 0.5)
      scale *= Self.factor
    }
    return all
  }

  /// The 12 x 12 pixels, 2 apart, whose probability is high enough, in pixels of the photograph.
  private func windows(_ probability: Tensor<Float>, _ box: Tensor<Float>, _ scale: Float) -> [Candidate] {
    let (rows, columns) = (probability.shape[2], probability.shape[3])
    let count = rows * columns
    return (0..<count).compactMap { place in
      let score = probability.elements[count + place]
      guard score >= Self.thresholds.0 else { return nil }
      let at = SIMD2(Float(2 * (place % columns)), Float(2 * (place / columns)))
      let (first, last) = ((at + 1) / scale, (at + 12) / scale)
      let shift = SIMD4(
        box.elements[place], box.elements[count + place], box.elements[2 * count + place],
        box.elements[3 * count + place])
      return Candidate(
        box: SIMD4(first.rounded(.down), last.rounded(.down)), score: score, shift: shift)
    }
  }

  private func accepted(
    _ found: [Candidate], _ probability: Tensor<Float>, _ box: Tensor<Float>, above threshold: Float
  ) -> [Candidate] {
    found.indices.compactMap { index in
      var face = found[index]
      face.score = probability.elements[2 * index + 1]
      let shift = box.elements[4 * index..<4 * index + 4]
      face.shift = SIMD4(Array(shift))
      return face.score > threshold ? face : nil
    }
  }

  /// Five abscissas before five ordinates, relative to a box, as points of the photograph.
  private func placed(_ points: ArraySlice<Float>, in face: Candidate) -> [Float] {
    let (size, numbers) = (face.size + 1, Array(points))
    return (0..<5).flatMap { point -> [Float] in
      let x = size.x * numbers[point] + face.box.x - 1
      let y = size.y * numbers[5 + point] + face.box.y - 1
      return [x, y]
    }
  }

  private func shifted(_ face: Candidate) -> Candidate {
    var face = face
    face.box += face.shift * SIMD4(face.size + 1, face.size + 1)
    return face
  }

  /// The square around the middle of a box with its longer side.
  private func squared(_ face: Candidate) -> Candidate {
    var face = face
    let longer = max(face.size.x, face.size.y)
    let first = SIMD2(face.box.x, face.box.y) + face.size * 0.5 - longer * 0.5
    face.box = SIMD4(first, first + longer)
    return face
  }

  /// The surest ones, none of which overlaps a surer one by more than `limit`: intersection over union, or over the
  /// smaller of the two, pixels counted.
  private func suppress(
    _ candidates: [Candidate], above limit: Float, ofSmaller: Bool = false
  ) -> [Candidate] {
    let extra: Float = ofSmaller ? 1 : 0
    let area = { (x: Candidate) in (x.size.x + extra) * (x.size.y + extra) }
    var kept: [Candidate] = []
    for face in candidates.sorted(by: { $0.score > $1.score }) {
      let overlaps = kept.contains { other in
        let width = min(face.box.z, other.box.z) - max(face.box.x, other.box.x) + extra
        let height = min(face.box.w, other.box.w) - max(face.box.y, other.box.y) + extra
        let common = max(0, width) * max(0, height)
        let whole = ofSmaller ? min(area(face), area(other)) : area(face) + area(other) - common
        return common / whole > limit
      }
      if !overlaps { kept.append(face) }
    }
    return kept
  }

  // MARK: Images

  private func crops(_ faces: [Candidate], side: Int) throws -> Tensor<Float> {
    var all = Tensor<Float>(shape: [0], elements: [])
    for face in faces {
      let box = SIMD4<Int>(face.box, rounding: .towardZero)
      let first = SIMD2(max(box.x, 1), max(box.y, 1))
      let last = SIMD2(min(box.z, self.side.x), min(box.w, self.side.y))
      all.elements += try normalised(resampled(cropped(first, last), to: SIMD2(side, side))).elements
    }
    all.shape = [faces.count, 3, side, side]
    return all
  }

  /// From column and row `first` to `last`, counted from 1.
  private func cropped(_ first: SIMD2<Int>, _ last: SIMD2<Int>) -> Tensor<Float> {
    let size = last &- first &+ 1
    var part = Tensor<Float>(shape: [0], elements: [])
    for channel in 0..<3 {
      for row in first.y - 1..<last.y {
        let start = (channel * side.y + row) * side.x + first.x - 1
        part.elements += image.elements[start..<start + size.x]
      }
    }
    part.shape = [1, 3, size.y, size.x]
    return part
  }

  /// Each pixel the mean of those under it.
  private func resampled(_ x: Tensor<Float>, to size: SIMD2<Int>) throws -> Tensor<Float> {
    let pooling = Pooling.adaptive(
      .average(), channels: 3, input: SIMD3(1, x.shape[2], x.shape[3]), output: SIMD3(1, size.y, size.x),
      layout: .channelsFirst)
    var y = Tensor<Float>.unset([1, 3, size.y, size.x])
    var out = y.elements.mutableSpan
    try pool(x.elements.span, pooling, into: &out, isa: isa)
    return y
  }

  /// (x - 127.5) / 128
  private func normalised(_ x: Tensor<Float>) -> Tensor<Float> {
    Tensor(shape: x.shape, elements: x.elements.map { ($0 - 127.5) * 0x1p-7 })
  }
}

extension SIMD4<Float> {
  fileprivate init(_ low: SIMD2<Float>, _ high: SIMD2<Float>) { self.init(low.x, low.y, high.x, high.y) }
}
