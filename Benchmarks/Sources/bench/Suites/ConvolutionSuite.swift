import CBench
import CKernels
import Kernels

/// Convolution layers with bias and ReLU fused: NHWC (`conv`), NCHW (`conv_nchw`) and NHWC by direct sums alone
/// (`conv_strict`).  Multiply-adds with padding are not counted.
struct ConvolutionSuite: Suite {
  let name = "conv"

  private enum Form: String, CaseIterable {
    case plain = "conv"
    case channelsFirst = "conv_nchw"
    case strict = "conv_strict"
  }

  func cases(_ request: Request) throws -> [Case] {
    let layers = try readConvolutionLayers()
    return try Form.allCases.flatMap { form in
      try request.cases(of: layers.filter { form == .plain || $0.section == "anchors" }) {
        try makeCase(form, $0, $1, $2, $3, request.peers)
      }
    }
  }

  private func makeCase(
    _ form: Form, _ dtype: DType, _ layer: ConvolutionLayer, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) throws -> Case {
    var geometry = layer.geometry(form == .channelsFirst ? CK_CHANNELS_FIRST : CK_CHANNELS_LAST)
    var figures = ck_conv_figures()
    guard ck_conv_measure(&geometry, &figures, nil) == CK_OK else { throw BenchError("no such layer: \(layer.text)") }
    let size = Double(dtype.byteCount)
    return Case(
      operation: .convolution, kernel: form.rawValue, dtype: dtype, shape: layer.text, isa: isa, threads: threads,
      section: layer.section,
      flops: 2 * Double(figures.inner_products), bytesRead: Double(figures.x_count + figures.w_count) * size,
      bytesWritten: Double(figures.y_count) * size, squareSize: nil,
      prepare: {
        switch dtype {
        case .f32: return try prepare(Float.self, form, layer, isa, threads, peers)
        case .f64: return try prepare(Double.self, form, layer, isa, threads, peers)
        }
      })
  }

  private func prepare<T: BenchmarkScalar>(
    _: T.Type, _ form: Form, _ layer: ConvolutionLayer, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) throws -> PreparedCase {
    let problem = ConvolutionProblem<T>(layer, channelsLast: form != .channelsFirst)
    let convolution = try PackedConvolution(problem, isa, strict: form == .strict, threads: threads)
    return PreparedCase(
      ours: Contender(name: "ours") { count in
        for _ in 0..<count { try convolution.run(threads) }
      },
      peers: peers.compactMap { $0.convolution(problem, threads: threads) },
      operands: [cb_range(start: problem.x.pointer, bytes: problem.x.byteCount)],
      spoilOutput: problem.spoilOutput, errorOverBound: { problem.errorOverBound(growth: convolution.growth) },
      algorithm: convolution.algorithm)
  }
}

/// Our plan for a problem, its weights packed, through the C API.
final class PackedConvolution<T: BenchmarkScalar> {
  private let problem: ConvolutionProblem<T>
  private var plan: ck_conv_plan
  private let packed: Buffer<T>
  private let workspace: Buffer<T>

  init(_ problem: ConvolutionProblem<T>, _ isa: ISA, strict: Bool, threads: Int) throws {
    self.problem = problem
    let layout = problem.channelsLast ? CK_CHANNELS_LAST : CK_CHANNELS_FIRST
    plan = try T.plan(problem.layer.geometry(layout), isaTable(isa), strict: strict)
    packed = Buffer(count: plan.packed_count) { 0 }
    workspace = Buffer(count: T.workspaceCount(&plan, threads)) { 0 }
    try T.pack(&plan, problem, into: packed)
  }

  var algorithm: String { ck_conv_algorithm_name(plan.algorithm).map { String(cString: $0) } ?? "?" }

  /// E of ck_conv.h; nil for the algorithms that add up the formula's own products, whose bound is another.
  var growth: Double? { plan.transforms ? plan.error_growth : nil }

  func run(_ threads: Int) throws { try T.convolve(&plan, problem, packed, workspace, threads) }
}

extension Float {
  static func plan(_ geometry: ck_conv, _ isa: OpaquePointer, strict: Bool) throws -> ck_conv_plan {
    var (geometry, plan) = (geometry, ck_conv_plan())
    var options = ck_conv_options(algorithm: CK_CONV_AUTOMATIC, strict: strict)
    try check(ck_sconv_plan(isa, &geometry, &options, &plan, nil))
    return plan
  }

  static func workspaceCount(_ plan: inout ck_conv_plan, _ threads: Int) -> Int {
    ck_sconv_workspace_count(&plan, CInt(threads))
  }

  static func pack(_ plan: inout ck_conv_plan, _ problem: ConvolutionProblem<Float>, into packed: Buffer<Float>) throws
  {
    try check(
      ck_sconv_pack(&plan, problem.w.pointer, problem.w.count, nil, 0, packed.pointer, packed.count, nil))
  }

  static func convolve(
    _ plan: inout ck_conv_plan, _ problem: ConvolutionProblem<Float>, _ packed: Buffer<Float>,
    _ workspace: Buffer<Float>, _ threads: Int
  ) throws {
    var epilogue = ck_sconv_epilogue(
      bias: problem.bias.pointer, bias_count: problem.bias.count, slopes: nil, slopes_count: 0, residual: nil,
      residual_count: 0, activation: CK_RELU, p: 0, q: 0)
    try check(
      ck_sconv(
        &plan, CInt(threads), problem.x.pointer, problem.x.count, packed.pointer, packed.count, problem.y.pointer,
        problem.y.count, &epilogue, workspace.pointer, workspace.count, nil))
  }
}

extension Double {
  static func plan(_ geometry: ck_conv, _ isa: OpaquePointer, strict: Bool) throws -> ck_conv_plan {
    var (geometry, plan) = (geometry, ck_conv_plan())
    var options = ck_conv_options(algorithm: CK_CONV_AUTOMATIC, strict: strict)
    try check(ck_dconv_plan(isa, &geometry, &options, &plan, nil))
    return plan
  }

  static func workspaceCount(_ plan: inout ck_conv_plan, _ threads: Int) -> Int {
    ck_dconv_workspace_count(&plan, CInt(threads))
  }

  static func pack(
    _ plan: inout ck_conv_plan, _ problem: ConvolutionProblem<Double>, into packed: Buffer<Double>
  ) throws {
    try check(
      ck_dconv_pack(&plan, problem.w.pointer, problem.w.count, nil, 0, packed.pointer, packed.count, nil))
  }

  static func convolve(
    _ plan: inout ck_conv_plan, _ problem: ConvolutionProblem<Double>, _ packed: Buffer<Double>,
    _ workspace: Buffer<Double>, _ threads: Int
  ) throws {
    var epilogue = ck_dconv_epilogue(
      bias: problem.bias.pointer, bias_count: problem.bias.count, slopes: nil, slopes_count: 0, residual: nil,
      residual_count: 0, activation: CK_RELU, p: 0, q: 0)
    try check(
      ck_dconv(
        &plan, CInt(threads), problem.x.pointer, problem.x.count, packed.pointer, packed.count, problem.y.pointer,
        problem.y.count, &epilogue, workspace.pointer, workspace.count, nil))
  }
}

private func check(_ status: ck_status) throws {
  if status != CK_OK { throw BenchError("a convolution returned \(status.rawValue)") }
}
