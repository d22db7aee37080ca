import Kernels
import Testing

/// Gradients against what they are for: what a small step changes, and which inputs an output depends on.
@Suite("Gradients of convolution and pooling")
struct ConvolutionGradientTests {
  private static let geometries = [
    ConvolutionGeometry(channels: 2, filters: 3, input: 9, kernel: 3, stride: 2, padding: .amount(1)),
    ConvolutionGeometry(
      batch: 2, channels: 4, filters: 6, groups: 2, input: SIMD2(5, 6), kernel: SIMD2(3, 2), dilation: SIMD2(1, 2),
      padding: .each(before: SIMD3(0, 2, 1), after: SIMD3(0, 0, 3)), layout: .channelsFirst),
    ConvolutionGeometry(
      channels: 3, filters: 2, input: SIMD3(3, 4, 3), kernel: SIMD3(2, 3, 2), stride: SIMD3(1, 2, 1),
      padding: .amount(1), outputPadding: SIMD3(0, 1, 0), isTransposed: true),
    ConvolutionGeometry(
      channels: 5, filters: 5, groups: 5, input: SIMD2(7, 7), kernel: SIMD2(3, 3), padding: .same,
      filterLayout: .filtersLast),
  ]

  /// Σ dy · y is linear in each operand, so that of integers a step of 1 changes by the gradient exactly.
  @Test("a step of one input, weight or bias changes the loss by its gradient", arguments: geometries, ISA.available)
  func finiteDifferences(geometry g: ConvolutionGeometry, isa: ISA) throws {
    let x = integers(try g.inputCount, 3), w = integers(try g.weightCount, 5), b = integers(g.filters, 7)
    let dy = integers(try g.outputCount, 11)
    func loss(_ x: [Double], _ w: [Double], _ b: [Double]) throws -> Double {
      var y = [Double](repeating: 0, count: dy.count)
      var out = y.mutableSpan
      try convolution(x.span, w.span, into: &out, g, bias: b.span, strict: true, isa: isa)
      return zip(y, dy).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var (dx, dw, db) = (x, w, b)
    var xs = dx.mutableSpan
    try convolutionBackwardData(dy.span, w.span, into: &xs, g, strict: true, isa: isa)
    var ws = dw.mutableSpan
    var bs = db.mutableSpan
    try convolutionBackwardWeights(x.span, dy.span, into: &ws, bias: &bs, g, strict: true, isa: isa)
    let before = try loss(x, w, b)
    for i in x.indices { #expect(try loss(stepped(x, i), w, b) - before == dx[i], "x[\(i)]") }
    for i in w.indices { #expect(try loss(x, stepped(w, i), b) - before == dw[i], "w[\(i)]") }
    for i in b.indices { #expect(try loss(x, w, stepped(b, i)) - before == db[i], "b[\(i)]") }
  }

  /// The same operands in `Double`, by products, err too little to matter.
  @Test("by minimal filtering, gradients of weights stay within the plan's bound", arguments: ISA.available)
  func minimalFiltering(isa: ISA) throws {
    let g = ConvolutionGeometry(
      batch: 3, channels: 20, filters: 24, input: SIMD2(13, 17), kernel: SIMD2(3, 3), padding: .same)
    let plan = try Convolution<Float>(g, isa: isa)
    #expect(plan.backwardWeightsAlgorithm == .winograd4)
    #expect(try Convolution<Float>(g, strict: true, isa: isa).backwardWeightsAlgorithm == .direct)
    let x = integers(try g.inputCount, 3).map { Float($0) / 3 }
    let dy = integers(try g.outputCount, 5).map { Float($0) / 7 }
    var dw = [Float](repeating: .nan, count: try g.weightCount)
    var out = dw.mutableSpan
    try plan.backwardWeights(x.span, dy.span, into: &out)
    var exact = [Double](repeating: .nan, count: dw.count)
    var exactOut = exact.mutableSpan
    let (wideX, wideDY) = (x.map(Double.init), dy.map(Double.init))
    try convolutionBackwardWeights(wideX.span, wideDY.span, into: &exactOut, g, strict: true, isa: isa)
    func norm(_ values: [Float], _ channels: Int, _ channel: Int) -> Double {
      stride(from: channel, to: values.count, by: channels).reduce(0) { $0 + Double(values[$1] * values[$1]) }
        .squareRoot()
    }
    let growth = plan.backwardWeightsErrorGrowth * 0x1p-24
    for i in dw.indices {
      let (f, c) = (i / 9 / g.channels, i / 9 % g.channels)
      let bound = growth * norm(dy, g.filters, f) * norm(x, g.channels, c)
      #expect((Double(dw[i]) - exact[i]).magnitude <= bound, "dw[\(i)]")
    }
  }

  /// Central differences: off by h² times the third derivative, and by the roundings of two losses over h.
  @Test("a small step of a pooled input changes the loss by its gradient", arguments: [1, 2, 3, 5], ISA.available)
  func pooling(exponent: Int, isa: ISA) throws {
    let p = Pooling(.lp(exponent: exponent), channels: 2, input: SIMD2(5, 6), kernel: SIMD2(3, 2), stride: SIMD2(2, 1))
    let size = try p.outputSize
    let x = integers(2 * 5 * 6, 3).map { 1 + ($0 + 4) / 16 }, dy = integers(2 * size.y * size.z, 5)
    func pooled(_ x: [Double]) throws -> [Double] {
      var y = [Double](repeating: 0, count: dy.count)
      var out = y.mutableSpan
      try pool(x.span, p, into: &out, isa: isa)
      return y
    }
    let y = try pooled(x)
    var dx = x
    var gradient = dx.mutableSpan
    try poolBackward(dy.span, x: x.span, y: y.span, p, into: &gradient, isa: isa)
    let h = 0x1p-17, magnitude = dy.reduce(0) { $0 + $1.magnitude }
    // On 1 ... 1.5 a p-norm's third derivative is below p³; each y is below 16 and within 16 u of itself.
    let bound = magnitude * (h * h * Double(exponent * exponent * exponent) + 256 * 0x1p-53 / h)
    for i in x.indices {
      let up = try pooled(stepped(x, i, h)), down = try pooled(stepped(x, i, -h))
      var slope = 0.0
      for o in dy.indices { slope += (up[o] - down[o]) * dy[o] / (2 * h) }
      #expect((slope - dx[i]).magnitude <= bound, "x[\(i)]: \(slope), not \(dx[i])")
    }
  }

  @Test("the gradient of one output reaches its receptive field, to either end", arguments: geometries, ISA.available)
  func receptiveField(geometry g: ConvolutionGeometry, isa: ISA) throws {
    let size = try g.outputSize
    for axis in 0..<3 where g.kernel[axis] > 1 {
      let line = ConvolutionGeometry(
        channels: 1, filters: 1, input: g.input[axis], kernel: g.kernel[axis], stride: g.stride[axis],
        dilation: g.dilation[axis],
        padding: .each(before: SIMD3(0, 0, g.padBefore[axis]), after: SIMD3(0, 0, g.padAfter[axis])),
        outputPadding: g.outputPadding[axis], isTransposed: g.isTransposed)
      for output in 0..<size[axis] {
        let field = try line.receptiveField(of: output...output, axis: 2)
        let inside = (0..<line.input.z).filter { field.contains($0) }
        let reached = try support(of: unit(output, size[axis]), through: line, isa)
        // A kernel with gaps may step over an end of the input; without, the field is reached from end to end.
        #expect(reached.allSatisfy { inside.contains($0) })
        if line.dilation.z == 1 && line.stride.z == 1 { #expect(reached == inside) }
      }
    }
  }

  @Test("C9: through a convolution, one and two poolings: 4 and 6 inputs", arguments: ISA.available)
  func poolings(isa: ISA) throws {
    let conv = ConvolutionGeometry(channels: 1, filters: 1, input: 16, kernel: 3, padding: .amount(1))
    func averaged(_ dy: [Double]) throws -> [Double] {
      var dx = [Double](repeating: 0, count: 2 * dy.count)
      var out = dx.mutableSpan
      try poolBackward(dy.span, Pooling(.average(), channels: 1, input: 2 * dy.count, kernel: 2), into: &out, isa: isa)
      return dx
    }
    #expect(try support(of: averaged(unit(4, 8)), through: conv, isa) == Array(7...10))
    #expect(try support(of: averaged(averaged(unit(2, 4))), through: conv, isa) == Array(7...12))
  }

  @Test("C10: through a U-Net of nine blocks: 5, 9, 11, 12, 12, 30, 66, 138, 280 inputs", arguments: ISA.available)
  func uNet(isa: ISA) throws {
    var widths: [[Int]] = []
    for start in 512..<528 {
      var dy = unit(start, 1024)
      var path: [Int] = []
      for block in (1...9).reversed() {
        let conv = ConvolutionGeometry(channels: 1, filters: 1, input: dy.count, kernel: 3, padding: .amount(1))
        for _ in 0..<([1, 9].contains(block) ? 2 : 3) { dy = try gradient(dy, conv, isa) }
        path.append(dy.count { $0 != 0 })
        if block > 1 {
          let up = block > 5
          dy = try gradient(
            dy,
            ConvolutionGeometry(
              channels: 1, filters: 1, input: up ? dy.count / 2 : 2 * dy.count, kernel: 2, stride: 2, isTransposed: up),
            isa)
        }
      }
      widths.append(path)
    }
    #expect(widths.contains([5, 9, 11, 12, 12, 30, 66, 138, 280]))
  }

  // MARK: Steps

  /// Integers from −4 to 4, others for another seed.
  private func integers(_ count: Int, _ seed: Int) -> [Double] {
    (0..<count).map { Double(($0 * $0 * 7 + $0 * seed + seed) % 9 - 4) }
  }

  private func unit(_ index: Int, _ count: Int) -> [Double] { (0..<count).map { $0 == index ? 1 : 0 } }

  private func stepped(_ x: [Double], _ index: Int, _ step: Double = 1) -> [Double] {
    var x = x
    x[index] += step
    return x
  }

  /// The gradient of x where all weights are 1: no two of its terms cancel.
  private func gradient(_ dy: [Double], _ g: ConvolutionGeometry, _ isa: ISA) throws -> [Double] {
    let w = [Double](repeating: 1, count: try g.weightCount)
    var dx = [Double](repeating: 0, count: try g.inputCount)
    var out = dx.mutableSpan
    try convolutionBackwardData(dy.span, w.span, into: &out, g, isa: isa)
    return dx
  }

  private func support(of dy: [Double], through g: ConvolutionGeometry, _ isa: ISA) throws -> [Int] {
    let dx = try gradient(dy, g, isa)
    return dx.indices.filter { dx[$0] != 0 }
  }
}
