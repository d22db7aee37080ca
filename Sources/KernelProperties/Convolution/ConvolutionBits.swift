import Kernels
import KernelsReference

extension ConvolutionProperties {
  /// An output depends on what is under it and on its filter's weights, and on nothing else.
  static var bits: [Claim] {
    [
      claim(
        "threads", "1 to 4 threads give the same bits, forward and backward", weight: 2,
        pinned: ConvolutionCase.ways(fill: 2)
      ) { problem, isa in
        let (y, dx, dw) = try (
          problem.forward(isa, threads: 1), problem.backwardData(isa, threads: 1),
          problem.backwardWeights(isa, threads: 1)
        )
        for threads in 2...4 {
          try expectSame(problem.forward(isa, threads: threads), y, "y on \(threads) threads")
          try expectSame(problem.backwardData(isa, threads: threads), dx, "dx on \(threads) threads")
          try expectSame(problem.backwardWeights(isa, threads: threads).weights, dw.weights, "dw on \(threads) threads")
          try expectSame(problem.backwardWeights(isa, threads: threads).bias, dw.bias, "db on \(threads) threads")
        }
        return 0
      },
      claim(
        "layouts", "channels first or last, filters first or last: the same bits", weight: 2,
        pinned: ConvolutionCase.ways(fill: 2)
      ) { problem, isa in
        var other = problem.x
        (other.channelsFirst, other.filtersLast) = (1 - problem.x.channelsFirst, 1 - problem.x.filtersLast)
        let twin = try ConvolutionProblem<T>(other, like: problem)
        try expectSame(
          twin.forward(isa, epilogue: false), twin.relaid(problem.forward(isa, epilogue: false), from: problem), "y")
        return 0
      },
      claim(
        "padding", "explicit zeros around x give the same bits", weight: 3, pinned: ConvolutionCase.ways(fill: 2),
        generate: anyFill
      ) { problem, isa in
        guard !problem.geometry.isTransposed else { return 0 }
        try expectSame(padded(problem).forward(isa, epilogue: false), problem.forward(isa, epilogue: false), "padded")
        return 0
      },
      claim("zero-stuffing", "a dilated kernel written out with zeros gives the same bits", weight: 3) { problem, isa in
        guard !problem.geometry.isTransposed else { return 0 }
        try expectSame(stuffed(problem).forward(isa, epilogue: false), problem.forward(isa, epilogue: false), "stuffed")
        return 0
      },
      claim(
        "permutation", "permuting the filters of a group, or the batch, permutes the bits", weight: 2,
        pinned: ConvolutionCase.ways(fill: 2)
      ) {
        problem, isa in
        try permuted(problem, isa)
        return 0
      },
      claim(
        "instruction-sets", "all fused instruction sets give the same bits", weight: 2,
        pinned: ConvolutionCase.ways(fill: 2)
      ) { problem, isa in
        let here = try (problem.forward(isa), problem.backwardData(isa), problem.backwardWeights(isa).weights)
        for other in ISA.available where other != isa && other.fused && isa.fused {
          try expectSame(problem.forward(other), here.0, "y on \(other)")
          try expectSame(problem.backwardData(other), here.1, "dx on \(other)")
          try expectSame(problem.backwardWeights(other).weights, here.2, "dw on \(other)")
        }
        return 0
      },
      claim(
        "epilogue", "bias, residual, activation and slopes give the bits of separate steps", weight: 3,
        pinned: ConvolutionCase.ways(fill: 2), generate: finished
      ) {
        problem, isa in
        var y = try problem.forward(isa, epilogue: false)
        let pixels = try problem.geometry.outputSize.volume
        for index in y.indices {
          if problem.x.bias == 1 { y[index] += problem.bias[problem.filter(of: index, pixels: pixels)] }
          if problem.x.residual > 0 { y[index] += problem.residual[index] }
        }
        var expected = y
        var out = expected.mutableSpan
        if problem.x.activation == 5 {
          try prelu(
            y.span, problem.slopes.span, into: &out, pixels: pixels,
            channelsLast: problem.geometry.layout == .channelsLast, isa: isa)
        } else {
          try activate(problem.activation, y.span, into: &out, isa: isa)
        }
        try expectSame(problem.forward(isa), expected, "fused and separate differ")
        return 0
      },
      claim("scale", "a scale folded into the weights gives the bits of scaled weights") { problem, isa in
        let plan = try problem.plan(isa, epilogue: false)
        let filters = problem.geometry.filters
        let scale = (0..<filters).map { T($0 % 5) - 1.5 }
        var (scaled, y, z) = (problem.weights, problem.residual, problem.residual)
        for index in scaled.indices { scaled[index] *= scale[problem.outputFilter(ofWeight: index)] }
        var out = y.mutableSpan
        var other = z.mutableSpan
        try plan.run(problem.image.span, plan.packed(problem.weights.span, scale: scale.span), into: &out)
        try plan.run(problem.image.span, plan.packed(scaled.span), into: &other)
        try expectSame(y, z, "folded and scaled")
        return 0
      },
    ]
  }

  @Sendable private static func anyFill(_ random: inout SplitMix64) -> ConvolutionCase {
    var x = random.convolution()
    x.fill = random.int(0...3)
    return x
  }

  @Sendable private static func finished(_ random: inout SplitMix64) -> ConvolutionCase {
    var x = random.convolution()
    (x.fill, x.bias, x.residual, x.activation) = (random.int(0...3), random.int(0...1), random.int(0...2), 0)
    x.activation = random.int(0...5)
    return x
  }

  /// The same convolution over x with its zeros written out.
  private static func padded(_ problem: ConvolutionProblem<T>) throws -> ConvolutionProblem<T> {
    var x = problem.x
    for axis in [\ConvolutionCase.Axes.d, \.h, \.w] {
      x.input[keyPath: axis] += x.before[keyPath: axis] + x.after[keyPath: axis]
      (x.before[keyPath: axis], x.after[keyPath: axis]) = (0, 0)
    }
    let r = problem.reference
    var wide = try ReferenceConvolution(x.geometry)
    wide.output = r.output
    var image = [T](repeating: 0, count: try x.geometry.inputCount)
    for n in 0..<r.batch {
      for c in 0..<r.channels {
        for at in (0..<r.input.volume).map(r.input.place) {
          image[wide.imageIndex(n, c, r.channels, at &+ r.padBefore, wide.input)] =
            problem.image[r.imageIndex(n, c, r.channels, at, r.input)]
        }
      }
    }
    return try ConvolutionProblem(x, image: image, weights: problem.weights)
  }

  /// The same convolution with dilation 1 and zeros between the elements of the kernel.
  private static func stuffed(_ problem: ConvolutionProblem<T>) throws -> ConvolutionProblem<T> {
    var x = problem.x
    for axis in [\ConvolutionCase.Axes.d, \.h, \.w] {
      x.kernel[keyPath: axis] = (x.kernel[keyPath: axis] - 1) * x.dilation[keyPath: axis] + 1
      x.dilation[keyPath: axis] = 1
    }
    let (r, wide) = (problem.reference, try ReferenceConvolution(x.geometry))
    var weights = [T](repeating: 0, count: wide.weightCount)
    for f in 0..<r.filters {
      for c in 0..<r.channels / r.groups {
        for tap in (0..<r.kernel.volume).map(r.kernel.place) {
          weights[wide.weightIndex(f, c, tap &* r.dilation)] = problem.weights[r.weightIndex(f, c, tap)]
        }
      }
    }
    return try ConvolutionProblem(x, image: problem.image, weights: weights)
  }

  /// Filters and images in reverse, the filters within their groups.
  private static func permuted(_ problem: ConvolutionProblem<T>, _ isa: ISA) throws {
    guard !problem.geometry.isTransposed else { return }
    let r = problem.reference
    let perGroup = r.filters / r.groups
    let other = { (f: Int) in f / perGroup * perGroup + (perGroup - 1 - f % perGroup) }
    var (image, weights) = (problem.image, problem.weights)
    for n in 0..<r.batch {
      for c in 0..<r.channels {
        for at in (0..<r.input.volume).map(r.input.place) {
          image[r.imageIndex(r.batch - 1 - n, c, r.channels, at, r.input)] =
            problem.image[r.imageIndex(n, c, r.channels, at, r.input)]
        }
      }
    }
    for f in 0..<r.filters {
      for c in 0..<r.channels / r.groups {
        for tap in (0..<r.kernel.volume).map(r.kernel.place) {
          weights[r.weightIndex(other(f), c, tap)] = problem.weights[r.weightIndex(f, c, tap)]
        }
      }
    }
    let y = try problem.forward(isa, epilogue: false)
    let z = try ConvolutionProblem(problem.x, image: image, weights: weights).forward(isa, epilogue: false)
    var back = z
    for n in 0..<r.batch {
      for f in 0..<r.filters {
        for at in (0..<r.output.volume).map(r.output.place) {
          back[r.imageIndex(n, f, r.filters, at, r.output)] =
            z[r.imageIndex(r.batch - 1 - n, other(f), r.filters, at, r.output)]
        }
      }
    }
    try expectSame(back, y, "permuted")
  }
}
