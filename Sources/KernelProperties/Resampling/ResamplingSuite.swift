import Kernels
import KernelsReference

extension Suite {
  /// Resampling and its way back.
  public static let resampling = Suite("resampling", runners(Float.self) + runners(Double.self))

  private static func runners<T: PropertyScalar>(_: T.Type) -> [PropertyRunner] {
    ResamplingProperties<T>.all.map { PropertyRunner("resampling/\(T.typeName)", $0) }
  }
}

/// One resampling: its shape, and the seed of the values.
struct ResamplingCase: PropertyCase {
  /// The number of a ``Resampling/Kind``.
  var kind = 0
  var batch = 1
  var channels = 1
  var depth = 1
  var height = 1
  var width = 1
  var newDepth = 1
  var newHeight = 1
  var newWidth = 1
  var channelsFirst = 0
  var threads = 1
  var flushLeft = 0
  var choice = 0
  var seed = 0

  static let fields: [CaseField<ResamplingCase>] = [
    CaseField("threads", \.threads, .threads), CaseField("batch", \.batch, .size),
    CaseField("channels", \.channels, .positiveSize), CaseField("kind", \.kind, .choice(0...3)),
    CaseField("channels.first", \.channelsFirst, .flag), CaseField("left", \.flushLeft, .flag),
    CaseField("choice", \.choice, .natural), CaseField("depth", \.depth, .positiveSize),
    CaseField("height", \.height, .positiveSize), CaseField("width", \.width, .positiveSize),
    CaseField("new.depth", \.newDepth, .positiveSize), CaseField("new.height", \.newHeight, .positiveSize),
    CaseField("new.width", \.newWidth, .positiveSize), CaseField("seed", \.seed, .natural),
  ]

  var resampling: Resampling {
    Resampling(
      Resampling.Kind.allCases[kind % 4], batch: batch, channels: channels, input: SIMD3(depth, height, width),
      output: SIMD3(newDepth, newHeight, newWidth), layout: channelsFirst == 1 ? .channelsFirst : .channelsLast)
  }

  var reference: ReferenceResampling {
    let coordinates: [ReferenceResampling.Coordinate] = [.nearest, .nearestCenter, .linear, .linearCorners]
    return ReferenceResampling(
      coordinates[kind % 4], input: [depth, height, width], output: [newDepth, newHeight, newWidth])
  }
}

extension SplitMix64 {
  fileprivate mutating func resampling() -> ResamplingCase {
    var x = ResamplingCase()
    (x.kind, x.channelsFirst, x.flushLeft) = (int(0...3), int(0...1), int(0...1))
    (x.batch, x.channels, x.threads) = (chance(5) ? 0 : int(1...2), size(chance(75) ? 4 : 20), int(1...3))
    (x.width, x.newWidth, x.seed) = (int(1...9), int(1...20), int(0...1 << 30))
    if chance(75) { (x.height, x.newHeight) = (int(1...7), int(1...14)) }
    if chance(30) { (x.depth, x.newDepth) = (int(1...4), int(1...8)) }
    return x
  }
}

/// The properties of resampling over one element type.
enum ResamplingProperties<T: PropertyScalar> {
  static var all: [Property<ResamplingCase>] {
    [
      Property(
        "interpolation", "outputs and gradients are those of the definition, within their bounds", weight: 8,
        generate: { $0.resampling() }, check: matches),
      Property(
        "threads", "threads keep the bits, there and back",
        generate: {
          var x = $0.resampling()
          x.batch = 3000 / (x.depth * x.height * x.width) + 8
          x.channels = 8
          return x
        },
        check: { x, _ in
          let one = try run(x, threads: 1)
          for threads in [2, 4] {
            let got = try run(x, threads: threads)
            try expectSameElements(got.y, one.y, "y with \(threads) threads")
            try expectSameElements(got.dx, one.dx, "dx with \(threads) threads")
          }
          return 0
        }),
      Property(
        "malformed", "a malformed call throws an error that names the operand and both numbers",
        generate: {
          var x = $0.resampling()
          (x.batch, x.choice) = (max(1, x.batch), $0.int(0...4))
          return x
        }, check: malformed),
    ]
  }

  private static func elements(_ count: Int, _ seed: Int, _ id: String) -> [T] {
    var random = SplitMix64(seed: UInt64(truncatingIfNeeded: seed), id: id, index: 0)
    return (0..<count).map { _ in random.value(fill: 1, depth: 1) }
  }

  /// y and dx, between guard pages.
  private static func run(_ x: ResamplingCase, threads: Int) throws -> (y: [T], dx: [T]) {
    let images = x.batch * x.channels
    let (inputs, outputs) = (
      images * x.depth * x.height * x.width, images * x.newDepth * x.newHeight * x.newWidth
    )
    let side: GuardedBuffer<T>.Side = x.flushLeft == 1 ? .left : .right
    let (input, output) = (GuardedBuffer<T>(count: inputs, side: side), GuardedBuffer<T>(count: outputs, side: side))
    let (dy, dx) = (GuardedBuffer<T>(count: outputs, side: side), GuardedBuffer<T>(count: inputs, side: side))
    for (i, value) in elements(inputs, x.seed, "x").enumerated() { input.elements[i] = value }
    for (i, value) in elements(outputs, x.seed, "dy").enumerated() { dy.elements[i] = value }
    var y = unsafe memory(of: output).mutableSpan
    try unsafe resample(memory(of: input).span, x.resampling, into: &y, threads: threads)
    var back = unsafe memory(of: dx).mutableSpan
    try unsafe resampleBackward(memory(of: dy).span, x.resampling, into: &back, threads: threads)
    for buffer in [input, output, dy, dx] where !buffer.surroundingsAreIntact {
      throw PropertyFailure("bytes beside a buffer changed")
    }
    return (unsafe Array(output.elements), unsafe Array(dx.elements))
  }

  private static func channel(_ all: [T], _ x: ResamplingCase, _ image: Int, _ size: Int) -> [T] {
    (0..<size).map { i in
      let at =
        x.channelsFirst == 1
        ? image * size + i : (image / x.channels * size + i) * x.channels + image % x.channels
      return all[at]
    }
  }

  @Sendable private static func matches(_ x: ResamplingCase, _ isa: ISA) throws -> Double {
    let got = try run(x, threads: x.threads)
    let reference = x.reference
    let (inputs, outputs) = (reference.inputCount, reference.terms.count)
    let images = x.batch * x.channels
    let (all, dy) = (elements(images * inputs, x.seed, "x"), elements(images * outputs, x.seed, "dy"))
    var worst = 0.0
    for image in 0..<images {
      let pairs = [
        (channel(got.y, x, image, outputs), reference.interpolated(channel(all, x, image, inputs))),
        (channel(got.dx, x, image, inputs), reference.gradient(channel(dy, x, image, outputs))),
      ]
      for (values, expected) in pairs {
        for (index, want) in expected.enumerated() {
          let error = (Double(values[index]) - want.value).magnitude
          guard error <= want.bound else {
            throw PropertyFailure("element \(index) is \(values[index]), not \(want.value): off by \(error)")
          }
          if error > 0 { worst = max(worst, error / want.bound) }
        }
      }
    }
    return worst
  }

  @Sendable private static func malformed(_ x: ResamplingCase, _ isa: ISA) throws -> Double {
    var resampling = x.resampling
    let images = x.batch * x.channels
    let inputs = images * x.depth * x.height * x.width
    var y = [T](repeating: 7, count: images * x.newDepth * x.newHeight * x.newWidth)
    let expected: KernelError
    var count = inputs
    switch x.choice {
    case 0:
      resampling.input.y = 0
      expected = KernelError(.badArgument, operand: "input", expected: 1, got: 0)
    case 1:
      resampling.output.z = -1
      expected = KernelError(.badArgument, operand: "output", expected: 1, got: -1)
    case 2:
      resampling.batch = -1
      expected = KernelError(.negativeSize, operand: "batch", expected: 0, got: -1)
    case 3:
      resampling.scale.x = -1
      expected = KernelError(.badArgument, operand: "scale", expected: 0, got: -1)
    default:
      count -= 1
      expected = KernelError(.shortBuffer, operand: "x", expected: inputs, got: inputs - 1)
    }
    do {
      var out = y.mutableSpan
      try resample([T](repeating: 1, count: count).span, resampling, into: &out)
      throw PropertyFailure("nothing was thrown, expected \(expected)")
    } catch let error as KernelError {
      guard error == expected else { throw PropertyFailure("threw \(error), expected \(expected)") }
    }
    guard y.allSatisfy({ $0 == 7 }) else { throw PropertyFailure("a refused call wrote") }
    return 0
  }
}
