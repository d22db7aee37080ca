import Kernels
import KernelsReference

extension PoolingProperties {
  static var gradients: [Claim] {
    [
      Claim(
        "maximum-gradient", "the gradient of a maximum is one-hot at its index, summed in the order of outputs",
        weight: 2,
        generate: { $0.pooling(kind: 0) },
        check: { x, isa in
          guard x.kind == 0 else { return 0 }
          let problem = PoolingProblem<T>(x)
          try problem.forward(isa, indexed: true)
          try problem.backward(isa)
          for image in 0..<problem.images {
            let indices = problem.channel(problem.indices, image, size: problem.outputs).map { Int($0) }
            let dy = problem.channel(problem.dy, image, size: problem.outputs)
            try expectSameElements(
              problem.channel(problem.dx, image, size: problem.inputs), problem.windows.scattered(dy, indices),
              "gradient of channel \(image)")
          }
          return 0
        }),
      Claim(
        "average-gradient", "the gradient of an average is within (n + 2) u of the sum of its terms' magnitudes",
        weight: 2,
        generate: {
          let fill = $0.int(0...1)
          return $0.pooling(kind: 1, fill: fill)
        },
        check: { x, isa in
          guard x.kind == 1, x.fill < 2 else { return 0 }
          let problem = PoolingProblem<T>(x)
          try problem.backward(isa)
          var worst = 0.0
          for image in 0..<problem.images {
            let expected = problem.windows.meanGradient(problem.channel(problem.dy, image, size: problem.outputs))
            let got = problem.channel(problem.dx, image, size: problem.inputs)
            worst = max(worst, try worstRatio(got, expected, "gradient"))
          }
          return worst
        }),
      Claim(
        "unpool", "unpooling maxima puts them back, and its adjoint fetches them (C11)", weight: 2,
        generate: { $0.pooling(kind: 0, fill: 1) }, check: unpools),
    ]
  }

  @Sendable private static func unpools(_ x: PoolingCase, _ isa: ISA) throws -> Double {
    guard x.kind == 0, x.fill == 1 else { return 0 }
    let problem = PoolingProblem<T>(x)
    try problem.forward(isa, indexed: true)
    let shape = try Unpooling(undoing: x.pooling)
    let found = unsafe memory(of: problem.indices).span
    var back = unsafe memory(of: problem.dx).mutableSpan
    try unsafe unpool(memory(of: problem.output).span, indices: found, shape, into: &back, threads: x.threads)
    let (elements, maxima) = (problem.elements(problem.dx), problem.elements(problem.output))
    for image in 0..<problem.images {
      let held = Set(problem.channel(problem.indices, image, size: problem.outputs).map { Int($0) })
      for (index, (got, was)) in zip(
        problem.channel(problem.dx, image, size: problem.inputs),
        problem.channel(problem.input, image, size: problem.inputs)
      ).enumerated() where got != (held.contains(index) ? was : 0) {
        throw PropertyFailure("element \(index) of channel \(image) is \(got), was \(was)")
      }
    }
    var fetched = unsafe memory(of: problem.dy).mutableSpan
    try unpoolBackward(elements.span, indices: found, shape, into: &fetched, threads: x.threads)
    let indices = problem.elements(problem.indices)
    let expected = maxima.indices.map { indices[$0] < 0 ? T(0) : maxima[$0] }
    try expectSameElements(problem.elements(problem.dy), expected, "fetched")
    return 0
  }

  static var rules: [Claim] {
    [
      Claim(
        "bits", "threads, the place in the batch and the instruction set keep the bits, there and back", weight: 2,
        generate: {
          var x = $0.pooling()
          if $0.chance(20) { (x.batch, x.channels) = (max(1, 40_000 / x.windows.inputCount), 2) }
          if x.windows.inputCount * x.batch * x.channels > 100_000 { x.batch = 1 }
          return x
        }, check: sameBits),
      Claim(
        "malformed", "a malformed call throws an error that names the operand and both numbers, and writes nothing",
        generate: {
          var x = $0.pooling(kind: 0)
          (x.batch, x.adaptive, x.choice) = (max(1, x.batch), 0, $0.int(0...8))
          return x
        }, check: malformed),
    ]
  }

  @Sendable private static func sameBits(_ x: PoolingCase, _ isa: ISA) throws -> Double {
    let problem = PoolingProblem<T>(x)
    let run = { (isa: ISA, threads: Int) -> (y: [T], dx: [T]) in
      try problem.forward(isa, indexed: x.kind == 0, threads: threads)
      try problem.backward(isa, threads: threads)
      return (problem.elements(problem.output), problem.elements(problem.dx))
    }
    let one = try run(isa, 1)
    for (other, threads) in [(isa, 2), (isa, 4), (ISA.best, 1)] {
      let got = try run(other, threads)
      try expectSameElements(got.y, one.y, "y of \(other) with \(threads) threads")
      try expectSameElements(got.dx, one.dx, "dx of \(other) with \(threads) threads")
    }
    guard x.batch > 1 else { return 0 }
    var alone = x.pooling
    alone.batch = 1
    let (inputs, outputs) = (problem.inputs * x.channels, problem.outputs * x.channels)
    let last = Array(problem.elements(problem.input)[(x.batch - 1) * inputs..<x.batch * inputs])
    var y = [T](repeating: 0, count: outputs)
    var span = y.mutableSpan
    if x.kind == 0 {
      var indices = [Int32](repeating: 0, count: outputs)
      var found = indices.mutableSpan
      try pool(last.span, alone, into: &span, indices: &found, isa: isa)
    } else {
      try pool(last.span, alone, into: &span, isa: isa)
    }
    try expectSameElements(y, Array(one.y[(x.batch - 1) * outputs..<x.batch * outputs]), "the last image alone")
    return 0
  }

  @Sendable private static func malformed(_ x: PoolingCase, _ isa: ISA) throws -> Double {
    guard x.kind == 0, x.batch > 0, x.adaptive == 0, !x.windows.windows.isEmpty else { return 0 }
    let problem = PoolingProblem<T>(x)
    var pooling = x.pooling
    var (inputs, outputs) = (problem.images * problem.inputs, problem.images * problem.outputs)
    let expected: KernelError
    switch x.choice {
    case 0:
      pooling.kernel.z = 0
      expected = KernelError(.badArgument, operand: "kernel", expected: 1, got: 0)
    case 1:
      pooling.stride.y = -1
      expected = KernelError(.badArgument, operand: "stride", expected: 1, got: -1)
    case 2:
      pooling.dilation.x = 0
      expected = KernelError(.badArgument, operand: "dilation", expected: 1, got: 0)
    case 3:
      pooling.padAfter.z = -3
      expected = KernelError(.badArgument, operand: "padding", expected: 0, got: -3)
    case 4:
      pooling.kind = .average(divisor: 0)
      expected = KernelError(.badArgument, operand: "divisor", expected: 0, got: -1)
    case 5:
      inputs -= 1
      expected = KernelError(.shortBuffer, operand: "x", expected: inputs + 1, got: inputs)
    case 6:
      outputs -= 1
      expected = KernelError(.shortBuffer, operand: "y", expected: outputs + 1, got: outputs)
    case 7:
      pooling.batch = -1
      expected = KernelError(.negativeSize, operand: "batch", expected: 0, got: -1)
    default:
      pooling.kind = .lp(exponent: 65)
      expected = KernelError(.badArgument, operand: "exponent", expected: 64, got: 65)
    }
    let before = problem.elements(problem.output)
    do {
      var y = unsafe UnsafeMutableBufferPointer(rebasing: problem.output.elements[..<outputs]).mutableSpan
      let input = unsafe UnsafeMutableBufferPointer(rebasing: problem.input.elements[..<inputs]).span
      try pool(input, pooling, into: &y, isa: isa)
      throw PropertyFailure("nothing was thrown, expected \(expected)")
    } catch let error as KernelError {
      guard error == expected else { throw PropertyFailure("threw \(error), expected \(expected)") }
    }
    try expectSameElements(problem.elements(problem.output), before, "a refused call")
    return 0
  }
}
