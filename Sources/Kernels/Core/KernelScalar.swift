/// The element types of the kernels: `Float` and `Double`, and nothing else.
///
/// Generic calls are specialised for each, so `gemm(a, b, into: &c, …)` on floats compiles to one call of the single
/// precision kernel.  The underscored requirements are how the generic functions reach C; they are no API.
public protocol KernelScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  /// 64 bytes of this type, the unit in which ``Matrix`` pads and aligns its rows.
  associatedtype Vector: KernelVector where Vector.Scalar == Self

  // GEMM/KernelScalar+GEMM.swift

  @unsafe static func _gemm(_ call: borrowing _GEMMCall<Self>) throws(KernelError)

  @unsafe static func _packedCount(_ side: PackedSide, rows: Int, columns: Int, isa: ISA) throws(KernelError) -> Int

  @unsafe static func _pack(
    _ side: PackedSide, _ source: UnsafeBufferPointer<Self>, _ shape: MatrixShape, isa: ISA,
    into packed: UnsafeMutableBufferPointer<Self>
  ) throws(KernelError)

  // Functions/KernelScalar+Functions.swift

  @unsafe static func _map(
    _ f: _MapFunction<Self>, _ x: UnsafeBufferPointer<Self>, _ y: UnsafeMutableBufferPointer<Self>, _ isa: ISA,
    _ threads: Int?
  ) throws(KernelError)

  @unsafe static func _mapBackward(
    _ f: _MapFunction<Self>, _ operand: UnsafeBufferPointer<Self>, _ dy: UnsafeBufferPointer<Self>,
    _ dx: UnsafeMutableBufferPointer<Self>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError)

  @unsafe static func _mapLanes(_ f: ElementaryFunction, _ count: Int, _ y: UnsafeMutablePointer<Self>)

  @unsafe static func _mapLanes(_ f: _MapFunction<Self>, _ count: Int, _ y: UnsafeMutablePointer<Self>)

  // Rows/KernelScalar+Rows.swift

  @unsafe static func _softmax(
    log: Bool, _ x: UnsafeBufferPointer<Self>, _ xShape: AxisShape, _ y: UnsafeMutableBufferPointer<Self>,
    _ yShape: AxisShape, isa: ISA, threads: Int?
  ) throws(KernelError)

  @unsafe static func _softmaxBackward(
    log: Bool, _ y: UnsafeBufferPointer<Self>, _ dy: UnsafeBufferPointer<Self>,
    _ dx: UnsafeMutableBufferPointer<Self>, _ shape: AxisShape, isa: ISA, threads: Int?
  ) throws(KernelError)

  @unsafe static func _crossEntropy(
    _ call: borrowing _CrossEntropyCall<Self>, into losses: UnsafeMutableBufferPointer<Self>
  ) throws(KernelError)

  // Convolution/KernelScalar+Convolution.swift

  @unsafe static func _convolutionPlan(
    _ geometry: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm, strict: Bool, _ isa: ISA
  ) throws(KernelError) -> _ConvolutionPlan

  @unsafe static func _convolutionWhyNot(_ plan: _ConvolutionPlan, _ algorithm: ConvolutionAlgorithm) -> String?

  @unsafe static func _convolutionWorkspace(
    _ plan: _ConvolutionPlan, _ pass: _ConvolutionPass, _ threads: Int?
  ) throws(KernelError) -> Int

  @unsafe static func _convolutionGradient(
    _ plan: _ConvolutionPlan
  ) -> (algorithm: ConvolutionAlgorithm, errorGrowth: Double)

  @unsafe static func _convolutionPack(
    _ plan: _ConvolutionPlan, _ w: UnsafeBufferPointer<Self>, _ scale: UnsafeBufferPointer<Self>?,
    _ packed: UnsafeMutableBufferPointer<Self>
  ) throws(KernelError)

  @unsafe static func _convolution(_ call: borrowing _ConvolutionCall<Self>) throws(KernelError)

  @unsafe static func _convolutionBackwardWeights(
    _ plan: _ConvolutionPlan, _ x: UnsafeBufferPointer<Self>, _ dy: UnsafeBufferPointer<Self>,
    _ dw: UnsafeMutableBufferPointer<Self>, _ db: UnsafeMutableBufferPointer<Self>?,
    _ workspace: UnsafeMutableBufferPointer<Self>?, _ threads: Int?
  ) throws(KernelError)

  // Random/KernelScalar+Random.swift

  @unsafe static func _random(
    _ distribution: _Distribution<Self>, _ source: RandomSource, _ x: UnsafeBufferPointer<Self>,
    _ y: UnsafeMutableBufferPointer<Self>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError)

  // Optimizers/KernelScalar+Optimizers.swift

  @unsafe static func _optimize(_ call: borrowing _OptimizerCall<Self>) throws(KernelError)

  @unsafe static func _addSquares(
    _ g: UnsafeBufferPointer<Self>, _ sum: inout Double, _ isa: ISA, _ threads: Int?
  ) throws(KernelError)

  @unsafe static func _clip(
    _ factor: Double, _ g: UnsafeMutableBufferPointer<Self>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError)

  // Rows/KernelScalar+Reductions.swift

  @unsafe static func _reduce(
    _ x: UnsafeBufferPointer<Self>, _ shape: AxisShape, _ reduction: Reduction,
    _ y: UnsafeMutableBufferPointer<Self>, isa: ISA, threads: Int?
  ) throws(KernelError)

  @unsafe static func _arg(
    least: Bool, _ x: UnsafeBufferPointer<Self>, _ shape: AxisShape, _ index: UnsafeMutableBufferPointer<Int>,
    isa: ISA, threads: Int?
  ) throws(KernelError)

  @unsafe static func _dot(
    _ x: UnsafeBufferPointer<Self>, _ xShape: AxisShape, _ y: UnsafeBufferPointer<Self>, _ yShape: AxisShape,
    _ z: UnsafeMutableBufferPointer<Self>, isa: ISA, threads: Int?
  ) throws(KernelError)

  @unsafe static func _maxBackward(
    _ x: UnsafeBufferPointer<Self>, _ dy: UnsafeBufferPointer<Self>, _ dx: UnsafeMutableBufferPointer<Self>,
    _ shape: AxisShape, isa: ISA, threads: Int?
  ) throws(KernelError)

  // Elementwise/KernelScalar+Elementwise.swift

  @unsafe static func _elementwise(
    _ call: borrowing _ElementwiseCall<Self>, into y: UnsafeMutableBufferPointer<Self>
  ) throws(KernelError)

  @unsafe static func _biasGradient(
    _ dy: UnsafeBufferPointer<Self>, _ db: UnsafeMutableBufferPointer<Self>, pixels: Int, channelsLast: Bool,
    _ isa: ISA, _ threads: Int?
  ) throws(KernelError)

  // Activation/KernelScalar+ParameterGradients.swift

  @unsafe static func _preluGradient(
    _ x: UnsafeBufferPointer<Self>, _ dy: UnsafeBufferPointer<Self>, _ da: UnsafeMutableBufferPointer<Self>,
    pixels: Int, channelsLast: Bool, _ isa: ISA, _ threads: Int?
  ) throws(KernelError)

  @unsafe static func _swishGradient(
    _ beta: Self, _ x: UnsafeBufferPointer<Self>, _ dy: UnsafeBufferPointer<Self>, _ isa: ISA, _ threads: Int?
  ) throws(KernelError) -> Self

  // Pad/KernelScalar+Pad.swift

  @unsafe static func _pad(
    _ from: UnsafeBufferPointer<Self>, _ to: UnsafeMutableBufferPointer<Self>, _ geometry: PadGeometry, _ value: Self,
    backward: Bool, _ isa: ISA, _ threads: Int?
  ) throws(KernelError)

  @unsafe static func _columns(
    _ kind: _ColumnsKind, _ from: UnsafeBufferPointer<Self>, _ to: UnsafeMutableBufferPointer<Self>,
    _ geometry: ConvolutionGeometry, _ isa: ISA, _ threads: Int?
  ) throws(KernelError)

  // Pooling/KernelScalar+Pooling.swift

  @unsafe static func _pool(_ call: borrowing _PoolCall<Self>) throws(KernelError)

  @unsafe static func _poolBackward(_ call: borrowing _PoolCall<Self>) throws(KernelError)

  @unsafe static func _unpool(
    _ shape: Unpooling, backward: Bool, _ from: UnsafeBufferPointer<Self>, _ indices: UnsafeBufferPointer<Int32>,
    _ to: UnsafeMutableBufferPointer<Self>, _ threads: Int?
  ) throws(KernelError)

  // Resampling/KernelScalar+Resampling.swift

  @unsafe static func _resample(
    _ resampling: Resampling, backward: Bool, _ from: UnsafeBufferPointer<Self>,
    _ to: UnsafeMutableBufferPointer<Self>, _ threads: Int?
  ) throws(KernelError)
}

extension Float: KernelScalar {
  public typealias Vector = SIMD16<Float>
}

extension Double: KernelScalar {
  public typealias Vector = SIMD8<Double>
}
