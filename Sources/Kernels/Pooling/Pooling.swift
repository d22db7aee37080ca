internal import CKernels

/// What a pooling is: the windows of an image, and what becomes of the elements in each.
///
/// Output o of an axis sees the inputs o·stride − padBefore + t·dilation, 0 ≤ t < kernel; what lies outside the input is
/// padding, which a maximum passes over and a sum takes for 0.  Axes come as depth, height, width; one that an image does
/// not have is 1 long and has kernel 1.
///
/// ```swift
/// // 3x3, stride 2, padding 1, on 64 channels of 112 x 112
/// let pooling = Pooling(
///   .max, channels: 64, input: SIMD2(112, 112), kernel: SIMD2(3, 3), stride: SIMD2(2, 2), padding: SIMD2(1, 1))
/// try pooling.outputSize          // SIMD3(1, 56, 56)
/// ```
///
/// A pooling does not check itself when it is made: whatever uses it does.
public struct Pooling: Hashable, Sendable {
  /// What becomes of a window.
  public enum Kind: Hashable, Sendable {
    /// Its largest element; NaN where it holds one.
    case max
    /// Its sum over a divisor: `divisor`, or where that is nil the number of its elements, those in the padding among
    /// them where `countsPadding` (but not what rounding up adds beyond it).
    case average(countsPadding: Bool = true, divisor: Int? = nil)
    /// (Σ |x|ᵖ)^(1/p), p = `exponent` from 1 to 64.
    case lp(exponent: Int)
  }

  /// What becomes of a window.
  public var kind: Kind
  /// Images.
  public var batch: Int
  /// Channels of each.
  public var channels: Int
  /// The extents of x.
  public var input: SIMD3<Int>
  /// The extents of a window.
  public var kernel: SIMD3<Int>
  /// The distance in x between neighbouring windows.
  public var stride: SIMD3<Int>
  /// The distance in x between neighbouring elements of a window.
  public var dilation: SIMD3<Int>
  /// Padding before x, as much as you like.
  public var padBefore: SIMD3<Int>
  /// Padding after x.
  public var padAfter: SIMD3<Int>
  /// Whether a last window that is not full counts ("ceil mode"), unless it would start beyond x and its `padBefore`.
  public var roundsUp: Bool
  /// The extents of y for adaptive windows: output o of an axis sees the inputs ⌊o·n/m⌋ ..< ⌈(o+1)·n/m⌉ of n, m outputs.
  /// Kernel, stride, dilation and padding are ignored then.
  public var adaptiveOutput: SIMD3<Int>?
  /// How x and y lie.
  public var layout: ImageLayout

  /// A pooling in three dimensions.
  public init(
    _ kind: Kind, batch: Int = 1, channels: Int, input: SIMD3<Int>, kernel: SIMD3<Int>, stride: SIMD3<Int>? = nil,
    dilation: SIMD3<Int> = SIMD3(1, 1, 1), padBefore: SIMD3<Int> = SIMD3(), padAfter: SIMD3<Int>? = nil,
    roundsUp: Bool = false, layout: ImageLayout = .channelsLast
  ) {
    (self.kind, self.batch, self.channels) = (kind, batch, channels)
    (self.input, self.kernel, self.stride, self.dilation) = (input, kernel, stride ?? kernel, dilation)
    (self.padBefore, self.padAfter) = (padBefore, padAfter ?? padBefore)
    (self.roundsUp, self.layout) = (roundsUp, layout)
  }

  /// A pooling in two dimensions: height and width.  The stride is the kernel where nil.
  public init(
    _ kind: Kind, batch: Int = 1, channels: Int, input: SIMD2<Int>, kernel: SIMD2<Int>, stride: SIMD2<Int>? = nil,
    dilation: SIMD2<Int> = SIMD2(1, 1), padding: SIMD2<Int> = SIMD2(), roundsUp: Bool = false,
    layout: ImageLayout = .channelsLast
  ) {
    let wide = { (first: Int, rest: SIMD2<Int>) in SIMD3(first, rest.x, rest.y) }
    self.init(
      kind, batch: batch, channels: channels, input: wide(1, input), kernel: wide(1, kernel),
      stride: wide(1, stride ?? kernel), dilation: wide(1, dilation), padBefore: wide(0, padding), roundsUp: roundsUp,
      layout: layout)
  }

  /// A pooling in one dimension.
  public init(
    _ kind: Kind, batch: Int = 1, channels: Int, input: Int, kernel: Int, stride: Int? = nil, dilation: Int = 1,
    padding: Int = 0, roundsUp: Bool = false, layout: ImageLayout = .channelsLast
  ) {
    self.init(
      kind, batch: batch, channels: channels, input: SIMD3(1, 1, input), kernel: SIMD3(1, 1, kernel),
      stride: SIMD3(1, 1, stride ?? kernel), dilation: SIMD3(1, 1, dilation), padBefore: SIMD3(0, 0, padding),
      roundsUp: roundsUp, layout: layout)
  }

  /// One window over the whole image.
  public static func global(
    _ kind: Kind, batch: Int = 1, channels: Int, input: SIMD3<Int>, layout: ImageLayout = .channelsLast
  ) -> Pooling {
    Pooling(kind, batch: batch, channels: channels, input: input, kernel: input, layout: layout)
  }

  /// Windows that follow from the extents of x and y.
  public static func adaptive(
    _ kind: Kind, batch: Int = 1, channels: Int, input: SIMD3<Int>, output: SIMD3<Int>,
    layout: ImageLayout = .channelsLast
  ) -> Pooling {
    var pooling = global(kind, batch: batch, channels: channels, input: input, layout: layout)
    pooling.adaptiveOutput = output
    return pooling
  }
}

extension Pooling {
  /// The extents of y: ⌊(input + padBefore + padAfter − dilation·(kernel − 1) − 1) / stride⌋ + 1 of each axis.
  ///
  /// - Throws: ``KernelError/Kind/badArgument`` where a number is out of range or no window fits,
  ///   ``KernelError/Kind/negativeSize``, ``KernelError/Kind/overflow``.
  public var outputSize: SIMD3<Int> {
    get throws(KernelError) {
      var (pool, fault) = unsafe (ck_pool(self), ck_fault())
      var output = (0, 0, 0)
      let status = unsafe withUnsafeMutableBytes(of: &output) { output in
        // SAFETY: a tuple of three Ints is three Ints in a row.
        unsafe ck_pool_output(&pool, output.assumingMemoryBound(to: Int.self).baseAddress, &fault)
      }
      guard status == CK_OK else { throw unsafe KernelError(status, fault) }
      return SIMD3(output.0, output.1, output.2)
    }
  }

  /// The elements of x and y.
  func counts() throws(KernelError) -> (input: Int, output: Int) {
    let size = try outputSize
    var pool = ck_pool(self)
    let (x, y) = unsafe (ck_pool_input_count(&pool), ck_pool_output_count(&pool))
    if x < 0 { throw KernelError(.overflow, operand: "input", expected: .max, got: input.z) }
    if y < 0 { throw KernelError(.overflow, operand: "output", expected: .max, got: size.z) }
    return (x, y)
  }
}

extension ck_pool {
  init(_ p: Pooling) {
    self.init()
    (kind, exponent) = (CK_POOL_MAX, 1)
    switch p.kind {
    case .max: break
    case .average(let countsPadding, let override):
      kind = CK_POOL_AVERAGE
      count_padding = countsPadding
      // 0 means none in C; a divisor of 0 is refused like a negative one.
      divisor = override.map { $0 == 0 ? -1 : $0 } ?? 0
    case .lp(let p):
      kind = CK_POOL_LP
      exponent = Int32(clamping: p)
    }
    layout = p.layout == .channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST
    ceil_mode = p.roundsUp
    adaptive = p.adaptiveOutput != nil
    (batch, channels) = (p.batch, p.channels)
    let tuple = { (x: SIMD3<Int>) in (x.x, x.y, x.z) }
    (input, kernel, stride, dilation) = (tuple(p.input), tuple(p.kernel), tuple(p.stride), tuple(p.dilation))
    (pad_before, pad_after) = (tuple(p.padBefore), tuple(p.padAfter))
    output = tuple(p.adaptiveOutput ?? SIMD3(1, 1, 1))
  }
}
