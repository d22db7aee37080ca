import CBench
import CKernels
import Kernels

/// The way back of convolution layers, NHWC: gradients of x (`conv_backward_data`), or of weights and bias
/// (`conv_backward_weights`).  Multiply-adds with padding are not counted.
struct ConvolutionBackwardSuite: Suite {
  let name = "conv-backward"

  func cases(_ request: Request) throws -> [Case] {
    let layers = try readLayers("convolution-backward.txt")
    return try ConvolutionBackwardProblem<Float>.Target.allCases.flatMap { target in
      try request.cases(of: layers) { try makeCase(target.rawValue, $0, $1, $2, $3, request.peers) }
    }
  }

  private func makeCase(
    _ kernel: String, _ dtype: DType, _ layer: ConvolutionLayer, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) throws -> Case {
    var geometry = layer.geometry(CK_CHANNELS_LAST)
    var figures = ck_conv_figures()
    guard ck_conv_measure(&geometry, &figures, nil) == CK_OK else { throw BenchError("no such layer: \(layer.text)") }
    let size = Double(dtype.byteCount)
    let isData = kernel == ConvolutionBackwardProblem<Float>.Target.data.rawValue
    let (other, result) = isData ? (figures.w_count, figures.x_count) : (figures.x_count, figures.w_count)
    return Case(
      operation: .convolutionBackward, kernel: kernel, dtype: dtype, shape: layer.text, isa: isa, threads: threads,
      section: layer.section,
      flops: 2 * Double(figures.inner_products), bytesRead: Double(figures.y_count + other) * size,
      bytesWritten: Double(result) * size, squareSize: nil,
      prepare: {
        switch dtype {
        case .f32: return try prepare(Float.self, kernel, layer, isa, threads, peers)
        case .f64: return try prepare(Double.self, kernel, layer, isa, threads, peers)
        }
      })
  }

  private func prepare<T: BenchmarkScalar>(
    _: T.Type, _ kernel: String, _ layer: ConvolutionLayer, _ isa: ISA, _ threads: Int, _ peers: [any Peer]
  ) throws -> PreparedCase {
    guard let target = ConvolutionBackwardProblem<T>.Target(rawValue: kernel) else {
      throw BenchError("no such pass: \(kernel)")
    }
    let problem = ConvolutionBackwardProblem<T>(layer, target)
    let pass = try PlannedBackward(problem, isa, threads: threads)
    return PreparedCase(
      ours: Contender(name: "ours") { count in
        for _ in 0..<count { try pass.run() }
      },
      peers: peers.compactMap { $0.convolutionBackward(problem, threads: threads) },
      operands: [cb_range(start: problem.operands.y.pointer, bytes: problem.operands.y.byteCount)],
      spoilOutput: problem.spoilOutput, errorOverBound: { problem.errorOverBound(growth: pass.growth) },
      algorithm: pass.algorithm)
  }
}

/// Our plan for a way back; weights are packed beforehand.
final class PlannedBackward<T: BenchmarkScalar> {
  private let problem: ConvolutionBackwardProblem<T>
  /// Of the way forward, or of the one back to x.
  private let plan: Convolution<T>
  private let packed: PackedFilters<T>
  private let workspace: Buffer<T>

  init(_ problem: ConvolutionBackwardProblem<T>, _ isa: ISA, threads: Int) throws {
    self.problem = problem
    let layer = problem.layer
    var geometry = ConvolutionGeometry(
      batch: layer.batch, channels: layer.channels, filters: layer.filters, groups: layer.groups, input: layer.input,
      kernel: layer.kernel, stride: layer.stride, dilation: layer.dilation)
    geometry.padBefore = SIMD3(0, layer.padBefore.x, layer.padBefore.y)
    geometry.padAfter = SIMD3(0, layer.padAfter.x, layer.padAfter.y)
    let forward = try Convolution<T>(geometry, isa: isa, threads: threads)
    plan = problem.target == .data ? try forward.backwardData() : forward
    packed = try plan.packed(problem.operands.w.elements.span)
    let count = problem.target == .data ? try plan.workspaceCount : try plan.backwardWeightsWorkspaceCount
    workspace = Buffer(count: count) { 0 }
  }

  /// E of ck_conv.h where the bound takes norms; nil where it is componentwise.
  var growth: Double? {
    switch problem.target {
    case .data: plan.explanation.isStrict ? nil : plan.explanation.errorGrowth
    case .weights: plan.backwardWeightsAlgorithm == .direct ? nil : plan.backwardWeightsErrorGrowth
    }
  }

  var algorithm: String {
    "\(problem.target == .data ? plan.explanation.algorithm : plan.backwardWeightsAlgorithm)"
  }

  func run() throws {
    let operands = problem.operands
    var room = workspace.mutableElements.mutableSpan
    switch problem.target {
    case .data:
      var dx = operands.x.mutableElements.mutableSpan
      try plan.run(operands.y.elements.span, packed, into: &dx, workspace: &room)
    case .weights:
      var dw = operands.w.mutableElements.mutableSpan
      var db = operands.bias.mutableElements.mutableSpan
      try plan.backwardWeights(
        operands.x.elements.span, operands.y.elements.span, into: &dw, bias: &db, workspace: &room)
    }
  }
}
