import Kernels
import KernelsReference

extension ConvolutionProperties {
  static var theorems: [Claim] {
    [
      claim(
        "adjoint", "⟨x ⊛ w, dy⟩ = ⟨x, dx⟩ = ⟨w, dw⟩ for every stride, padding, dilation and groups", weight: 3,
        generate: {
          var x = $0.convolution()
          x.fill = 0
          return x
        }
      ) { problem, isa in
        let y = try problem.forward(isa, epilogue: false)
        let dx = try problem.backwardData(isa)
        let dw = try problem.backwardWeights(isa).weights
        let inner = zip(y, problem.gradient).reduce(0) { $0 + exact($1.0) * exact($1.1) }
        let overX = zip(dx, problem.image).reduce(0) { $0 + exact($1.0) * exact($1.1) }
        let overW = zip(dw, problem.weights).reduce(0) { $0 + exact($1.0) * exact($1.1) }
        guard inner == overX, inner == overW else { throw PropertyFailure("\(inner), \(overX) and \(overW)") }
        return 0
      },
      Claim("full-commutes", "full convolution is commutative: w * x = x * w", generate: single, check: commutes),
      Claim(
        "toeplitz", "a convolution is a product with a Toeplitz matrix, and with the matrix of its patches",
        generate: single, check: toeplitz),
      Claim("left-right", "a 2-D kernel splits into products from the left and the right", generate: single) { x, isa in
        try x.isValid ? splits(x, isa) : 0
      },
      Claim(
        "shared-weights", "in one dimension Δh_j = Σ δ_i o_(i + j - p)", generate: single, check: sharedWeights),
      Claim("groups", "a grouped convolution is a block-diagonal dense one", weight: 2, generate: grouped) { x, isa in
        try x.isValid ? blockDiagonal(ConvolutionProblem<T>(x), isa) : 0
      },
      Claim("one-by-one", "1x1 with stride 1 has the bits of a matrix product", generate: pointwise) { x, isa in
        try x.isValid ? product(ConvolutionProblem<T>(x), isa) : 0
      },
      Claim("impulse", "convolution with a unit impulse shifts", generate: single, check: impulse),
      Claim(
        "time-delay", "outputs of the last steps through shared weights are a convolution over time", generate: single,
        check: timeDelay),
      Claim(
        "transposed", "a transposed convolution is one over x with zeros between its elements, kernel rotated",
        weight: 2,
        generate: {
          var x = $0.convolution()
          x.fill = $0.int(0...2)
          (x.transposed, x.groups, x.outputPadding) = (1, 1, ConvolutionCase.Axes(d: 0, h: 0, w: 0))
          return x
        },
        check: { x, isa in try x.isValid ? rotated(ConvolutionProblem<T>(x), isa) : 0 }),
    ]
  }

  /// Small integers: exact sums in `Double`.
  private static func exact(_ x: T) -> Double { Double(x) }

  /// One channel, one filter, integers; the axes as drawn.
  @Sendable private static func single(_ random: inout SplitMix64) -> ConvolutionCase {
    var x = random.convolution(budget: 2000)
    (x.channels, x.filters, x.groups, x.batch, x.fill) = (1, 1, 1, 1, 0)
    (x.transposed, x.flipped, x.outputPadding) = (0, 0, ConvolutionCase.Axes(d: 0, h: 0, w: 0))
    (x.input.d, x.kernel.d, x.stride.d, x.dilation.d, x.before.d, x.after.d) = (1, 1, 1, 1, 0, 0)
    return x
  }

  private static func run(
    _ x: [T], _ w: [T], _ geometry: ConvolutionGeometry, _ isa: ISA
  ) throws -> [T] {
    var y = [T](repeating: .nan, count: try geometry.outputCount)
    var out = y.mutableSpan
    try convolution(x.span, w.span, into: &out, geometry, strict: true, isa: isa, threads: 1)
    return y
  }

  @Sendable private static func commutes(_ x: ConvolutionCase, _ isa: ISA) throws -> Double {
    let size = { (a: ConvolutionCase.Axes) in SIMD2(a.h, a.w) }
    let (input, kernel) = (size(x.input), size(x.kernel))
    let full = { (input: SIMD2<Int>, kernel: SIMD2<Int>) in
      ConvolutionGeometry(
        channels: 1, filters: 1, input: input, kernel: kernel, padding: .full, isFlipped: true)
    }
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed))
    let a: [T] = (0..<input.x * input.y).map { _ in random.value(fill: 0, depth: 500) }
    let b: [T] = (0..<kernel.x * kernel.y).map { _ in random.value(fill: 0, depth: 500) }
    try expectSame(run(a, b, full(input, kernel), isa), run(b, a, full(kernel, input), isa), "w * x and x * w")
    return 0
  }

  /// y = Toeplitz(w) vec(x), and y = w · patches(x).
  @Sendable private static func toeplitz(_ x: ConvolutionCase, _ isa: ISA) throws -> Double {
    guard x.isValid else { return 0 }
    let p = try ConvolutionProblem<T>(x)
    let r = p.reference
    let none = { (rows: Int) in ReferenceMatrix<T>(rows: rows, columns: 1) { _, _ in 0 } }
    let offset = { (y: Int, t: SIMD3<Int>) in r.output.place(y) &* r.stride &+ t &* r.dilation &- r.padBefore }
    let inside = { (at: SIMD3<Int>) in all(at .>= 0) && all(at .< r.input) }
    var band = [T](repeating: 0, count: r.output.volume * r.input.volume)
    for y in 0..<r.output.volume {
      for tap in 0..<r.kernel.volume {
        let at = offset(y, r.kernel.place(tap))
        if inside(at) { band[y * r.input.volume + r.input.index(at)] += p.weights[tap] }
      }
    }
    let matrix = ReferenceMatrix<T>(rows: r.output.volume, columns: r.input.volume) { band[$0 * r.input.volume + $1] }
    let vector = ReferenceMatrix<T>(rows: r.input.volume, columns: 1) { i, _ in p.image[i] }
    let patches = ReferenceMatrix<T>(rows: r.output.volume, columns: r.kernel.volume) { y, tap in
      let at = offset(y, r.kernel.place(tap))
      return inside(at) ? p.image[r.input.index(at)] : 0
    }
    let kernel = ReferenceMatrix<T>(rows: r.kernel.volume, columns: 1) { i, _ in p.weights[i] }
    let y = try p.forward(isa, epilogue: false)
    try expectSame(
      y, denseProduct(isa, alpha: 1, matrix, vector, beta: 0, none(r.output.volume)).elements, "Toeplitz")
    try expectSame(
      y, denseProduct(isa, alpha: 1, patches, kernel, beta: 0, none(r.output.volume)).elements, "patches")
    return 0
  }

  /// y = Σ L_j X R_j: L_j the Toeplitz matrix of the kernel's column j, R_j the shift that selects the columns under it.
  private static func splits(_ x: ConvolutionCase, _ isa: ISA) throws -> Double {
    let p = try ConvolutionProblem<T>(x)
    let r = p.reference
    let (high, wide) = (r.output.y, r.output.z)
    let image = ReferenceMatrix<T>(rows: r.input.y, columns: r.input.z) { p.image[$0 * r.input.z + $1] }
    var sum = ReferenceMatrix<T>(rows: high, columns: wide) { _, _ in 0 }
    for j in 0..<r.kernel.z {
      let left = ReferenceMatrix<T>(rows: high, columns: r.input.y) { o, i in
        (0..<r.kernel.y).reduce(0) { sum, t in
          o * r.stride.y + t * r.dilation.y - r.padBefore.y == i ? sum + p.weights[t * r.kernel.z + j] : sum
        }
      }
      let right = ReferenceMatrix<T>(rows: r.input.z, columns: wide) { i, o in
        o * r.stride.z + j * r.dilation.z - r.padBefore.z == i ? 1 : 0
      }
      let none = ReferenceMatrix<T>(rows: high, columns: r.input.z) { _, _ in 0 }
      sum = try denseProduct(
        isa, alpha: 1, denseProduct(isa, alpha: 1, left, image, beta: 0, none), right, beta: 1, sum)
    }
    try expectSame(p.forward(isa, epilogue: false), sum.elements, "Σ L X R")
    return 0
  }

  @Sendable private static func sharedWeights(_ drawn: ConvolutionCase, _ isa: ISA) throws -> Double {
    var x = drawn
    (x.input.h, x.kernel.h, x.stride.h, x.dilation.h, x.before.h, x.after.h) = (1, 1, 1, 1, 0, 0)
    (x.stride.w, x.dilation.w) = (1, 1)
    guard x.isValid else { return 0 }
    let p = try ConvolutionProblem<T>(x)
    let expected = (0..<x.kernel.w).map { j in
      p.gradient.indices.reduce(T(0)) { sum, i in
        let at = i + j - x.before.w
        return at >= 0 && at < x.input.w ? sum + p.gradient[i] * p.image[at] : sum
      }
    }
    try expectSame(p.backwardWeights(isa).weights, expected, "Δh")
    return 0
  }

  @Sendable private static func grouped(_ random: inout SplitMix64) -> ConvolutionCase {
    var x = random.convolution(budget: 1500)
    (x.groups, x.transposed, x.fill) = (random.int(2...5), 0, 0)
    (x.channels, x.filters) = (random.int(1...4), random.int(1...4))
    x.outputPadding = ConvolutionCase.Axes(d: 0, h: 0, w: 0)
    return x
  }

  /// The dense convolution whose weights are zero outside the blocks.
  private static func blockDiagonal(_ p: ConvolutionProblem<T>, _ isa: ISA) throws -> Double {
    var x = p.x
    (x.channels, x.filters, x.groups) = (x.channels * x.groups, x.filters * x.groups, 1)
    let (r, wide) = (p.reference, try ReferenceConvolution(x.geometry))
    let (perGroup, filters) = (r.channels / r.groups, r.filters / r.groups)
    var weights = [T](repeating: 0, count: wide.weightCount)
    for f in 0..<r.filters {
      for c in 0..<perGroup {
        for tap in (0..<r.kernel.volume).map(r.kernel.place) {
          weights[wide.weightIndex(f, f / filters * perGroup + c, tap)] = p.weights[r.weightIndex(f, c, tap)]
        }
      }
    }
    let dense = try ConvolutionProblem(x, image: p.image, weights: weights)
    try expectSame(p.forward(isa, epilogue: false), dense.forward(isa, epilogue: false), "grouped and dense")
    return 0
  }

  @Sendable private static func pointwise(_ random: inout SplitMix64) -> ConvolutionCase {
    var x = ConvolutionCase()
    (x.batch, x.channels, x.filters) = (random.int(1...3), random.size(500), random.int(2...40))
    (x.input.h, x.input.w) = (random.int(1...6), random.int(1...6))
    (x.fill, x.seed, x.filtersLast) = (random.int(0...2), random.int(0...1 << 30), random.int(0...1))
    return x
  }

  private static func product(_ p: ConvolutionProblem<T>, _ isa: ISA) throws -> Double {
    let (m, k, n) = (p.x.batch * p.geometry.input.volume, p.geometry.channels, p.geometry.filters)
    guard n > 1, p.x.groups == 1, p.geometry.kernel.volume == 1, p.x.channelsFirst == 0 else { return 0 }
    let rows = MatrixShape(rows: n, columns: k)
    let columns = MatrixShape(rows: k, columns: n)
    var c = [T](repeating: .nan, count: m * n)
    var out = c.mutableSpan
    try gemm(
      p.image.span, MatrixShape(rows: m, columns: k), p.weights.span, p.x.filtersLast == 1 ? columns : rows.transposed,
      into: &out, MatrixShape(rows: m, columns: n), isa: isa, threads: 1)
    try expectSame(p.forward(isa, epilogue: false), c, "1x1 and GEMM")
    return 0
  }

  @Sendable private static func impulse(_ x: ConvolutionCase, _ isa: ISA) throws -> Double {
    let (kernel, input) = (SIMD2(x.kernel.h, x.kernel.w), SIMD2(x.input.h, x.input.w))
    let place = SIMD2(abs(x.seed) % kernel.x, abs(x.seed / 64) % kernel.y)
    let geometry = ConvolutionGeometry(channels: 1, filters: 1, input: input, kernel: kernel, padding: .full)
    var w = [T](repeating: 0, count: kernel.x * kernel.y)
    w[place.x * kernel.y + place.y] = 1
    let image = (0..<input.x * input.y).map { T($0 + 1) }
    let y = try run(image, w, geometry, isa)
    let size = try geometry.outputSize
    let expected = (0..<y.count).map { index -> T in
      let at = SIMD2(index / size.z, index % size.z) &+ place &- kernel &+ 1
      return all(at .>= 0) && all(at .< input) ? image[at.x * input.y + at.y] : 0
    }
    try expectSame(y, expected, "shifted")
    return 0
  }

  /// Step t sees the outputs of steps t - p ... t of the layer below through weights that are the same for every t.
  @Sendable private static func timeDelay(_ x: ConvolutionCase, _ isa: ISA) throws -> Double {
    let (steps, taps, units, below) = (x.input.w, x.kernel.w, x.kernel.h, 1 + abs(x.seed) % 4)
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: x.seed))
    let history: [T] = (0..<steps * below).map { _ in random.value(fill: 0, depth: 100) }
    let w: [T] = (0..<taps * below * units).map { _ in random.value(fill: 0, depth: 100) }
    var geometry = ConvolutionGeometry(
      channels: below, filters: units, input: steps, kernel: taps, filterLayout: .filtersLast)
    geometry.padBefore.z = taps - 1
    let expected = (0..<steps * units).map { index -> T in
      (0..<taps * below).reduce(T(0)) { sum, j in
        let step = index / units + j / below - (taps - 1)
        return step < 0 ? sum : sum + history[step * below + j % below] * w[j * units + index % units]
      }
    }
    try expectSame(run(history, w, geometry, isa), expected, "over time")
    return 0
  }

  private static func rotated(_ p: ConvolutionProblem<T>, _ isa: ISA) throws -> Double {
    var x = p.x
    guard x.groups == 1, x.outputPadding == ConvolutionCase.Axes(d: 0, h: 0, w: 0), x.transposed == 1 else { return 0 }
    let r = p.reference  // the convolution that p is the adjoint of
    x.transposed = 0
    for axis in [\ConvolutionCase.Axes.d, \.h, \.w] {
      let reach = (x.kernel[keyPath: axis] - 1) * x.dilation[keyPath: axis]
      guard x.before[keyPath: axis] <= reach, x.after[keyPath: axis] <= reach else { return 0 }
      x.input[keyPath: axis] = (x.input[keyPath: axis] - 1) * x.stride[keyPath: axis] + 1
      (x.before[keyPath: axis], x.after[keyPath: axis]) =
        (reach - x.before[keyPath: axis], reach - x.after[keyPath: axis])
      x.stride[keyPath: axis] = 1
    }
    let wide = try ReferenceConvolution(x.geometry)
    var (image, weights) = ([T](repeating: 0, count: wide.inputCount), [T](repeating: 0, count: wide.weightCount))
    for n in 0..<r.batch {
      for c in 0..<r.filters {
        for at in (0..<r.output.volume).map(r.output.place) {
          image[wide.imageIndex(n, c, r.filters, at &* r.stride, wide.input)] =
            p.image[r.imageIndex(n, c, r.filters, at, r.output)]
        }
      }
    }
    for f in 0..<r.channels {
      for c in 0..<r.filters {
        for tap in (0..<r.kernel.volume).map(r.kernel.place) {
          weights[wide.weightIndex(f, c, r.kernel &- 1 &- tap)] = p.weights[r.weightIndex(c, f, tap)]
        }
      }
    }
    let plain = try ConvolutionProblem(x, image: image, weights: weights)
    try expectSame(p.forward(isa, epilogue: false), plain.forward(isa, epilogue: false), "over zeros between")
    return 0
  }
}
