import Foundation
import Kernels
import Testing

/// The named functions in their three forms, and how calls fail.
@Suite("Functions over buffers and vectors")
struct FunctionTests {
  /// One function by its name.
  struct Named: Sendable, CustomTestStringConvertible {
    let function: ElementaryFunction
    let over: @Sendable (Span<Float>, inout MutableSpan<Float>) throws -> Void
    let inPlace: @Sendable (inout MutableSpan<Float>) throws -> Void
    let lanes: @Sendable (SIMD8<Float>) -> SIMD8<Float>
    var testDescription: String { function.rawValue }
  }

  @Test("a function gives the bits of evaluate in every form, beside Foundation's of that name", arguments: named)
  func forms(named: Named) throws {
    let x: [Float] = [0.1, -0.7, 1.5, 3, -20, 0.5, 80, 2.25]
    var expected = [Float](repeating: 7, count: 8)
    var y = expected
    var z = x
    do {
      var out = expected.mutableSpan
      try evaluate(named.function, x.span, into: &out)
    }
    do {
      var out = y.mutableSpan
      try named.over(x.span, &out)
    }
    do {
      var out = z.mutableSpan
      try named.inPlace(&out)
    }
    let lanes = named.lanes(SIMD8(x))
    let bits = expected.map(\.bitPattern)
    #expect(y.map(\.bitPattern) == bits)
    #expect(z.map(\.bitPattern) == bits)
    #expect((0..<8).map { lanes[$0].bitPattern } == bits)
  }

  @Test("every function is called by its name")
  func complete() {
    #expect(FunctionTests.named.map(\.function) == ElementaryFunction.allCases)
  }

  @Test("known values")
  func knownValues() throws {
    #expect(exp(SIMD4<Float>(0, 1, -.infinity, 200)) == [1, 0x1.5bf0a8p+1, 0, .infinity])
    #expect(log(SIMD4<Double>(1, 0, .infinity, 8)) == [0, -.infinity, .infinity, 0x1.0a2b23f3bab73p+1])
    #expect(log2(SIMD3<Float>(8, 0.5, 1)) == [3, -1, 0])
    #expect(exp2(SIMD2<Double>(-3, 10)) == [0.125, 1024])
    #expect(rsqrt(SIMD4<Float>(4, 0.25, 1, 16)) == [0.5, 2, 1, 0.25])
    #expect(sigmoid(SIMD2<Float>(0, .infinity)) == [0.5, 1])
    #expect(activate(.relu6, SIMD4<Float>(-1, 3, 7, .infinity)) == [0, 3, 6, 6])
    #expect(activate(.hardTanh(), SIMD2<Double>(-2, 0.5)) == [-1, 0.5])
  }

  @Test("which operand a backward function wants is a property")
  func backwardOperands() {
    #expect(Activation<Float>.sigmoid.backwardOperand == .y)
    #expect(Activation<Double>.tanh.backwardOperand == .y)
    #expect(Activation<Float>.exp.backwardOperand == .y)
    #expect(Activation<Float>.gelu.backwardOperand == .x)
  }

  @Test("buffers of different lengths, no threads and a clamp without room are errors that change nothing")
  func errors() {
    let x: [Float] = [1, 2, 3]
    var y: [Float] = [7, 7]
    var out = y.mutableSpan
    #expect(throws: KernelError(.shapeMismatch, operand: "y count", expected: 3, got: 2)) {
      try exp(x.span, into: &out)
    }
    #expect(throws: KernelError(.shapeMismatch, operand: "dy count", expected: 3, got: 2)) {
      let dy: [Float] = [1, 2]
      try activateBackward(.gelu, x.span, dy.span, into: &out)
    }
    #expect(throws: KernelError(.shapeMismatch, operand: "dx count", expected: 3, got: 2)) {
      try activateBackward(.gelu, x.span, x.span, into: &out)
    }
    #expect(throws: KernelError(.badArgument, operand: "threads", expected: 1, got: 0)) {
      try exp(inPlace: &out, threads: 0)
    }
    #expect(throws: KernelError(.badArgument, operand: "clamp", expected: 0, got: 1)) {
      try activate(.clamp(lo: 1, hi: 0), inPlace: &out)
    }
    #expect(throws: KernelError(.badArgument, operand: "clamp", expected: 0, got: 1)) {
      let operand: [Float] = [1, 2]
      try activateBackward(.clamp(lo: .nan, hi: 0), operand.span, inPlace: &out)
    }
    #expect(y == [7, 7])
  }

  @Test(
    "parameters outside a function's domain are refused, and named",
    arguments: [
      (Activation<Float>.softplus(beta: 0), "softplus needs a beta other than 0"),
      (.celu(alpha: 0), "celu needs alpha > 0"), (.celu(alpha: -2.3), "celu needs alpha > 0"),
      (.celu(alpha: .nan), "celu needs alpha > 0"), (.clamp(lo: 1, hi: 0), "clamp needs lo <= hi"),
    ])
  func domains(activation: Activation<Float>, text: String) {
    let x: [Float] = [1, 2, 3, 4]
    var y: [Float] = [9, 8, 7, 6]
    var out = y.mutableSpan
    let shape = MatrixShape(rows: 2, columns: 2)
    let errors = [
      #expect(throws: KernelError.self) { try activate(activation, x.span, into: &out) },
      #expect(throws: KernelError.self) { try activateBackward(activation, x.span, x.span, into: &out) },
      #expect(throws: KernelError.self) {
        try gemm(x.span, shape, x.span, shape, into: &out, shape, activation: activation)
      },
      #expect(throws: KernelError.self) {
        try combine(.add, x.span, x.span, into: &out, over: Broadcast([4], [4]), activation: activation)
      },
    ]
    #expect(errors.allSatisfy { $0?.description == "bad argument: \(text)" })
    #expect(y == [9, 8, 7, 6])
  }

  @Test("clipping to a negative limit or NaN names the limit", arguments: [-1, Float.nan])
  func limits(limit: Float) {
    var gradient: [Float] = [1, 2]
    var out = gradient.mutableSpan
    let error = #expect(throws: KernelError.self) { try clipByValue(&out, to: limit) }
    #expect(error?.description == "bad argument: limit needs a number from 0 on")
    #expect(gradient == [1, 2])
  }

  @Test("empty buffers are fine")
  func empty() throws {
    let x: [Double] = []
    var y: [Double] = []
    var out = y.mutableSpan
    try exp(x.span, into: &out)
    try activateBackward(.gelu, x.span, x.span, into: &out)
  }

  private static let named: [Named] = [
    Named(function: .exp, over: { try exp($0, into: &$1) }, inPlace: { try exp(inPlace: &$0) }, lanes: { exp($0) }),
    Named(function: .exp2, over: { try exp2($0, into: &$1) }, inPlace: { try exp2(inPlace: &$0) }, lanes: { exp2($0) }),
    Named(
      function: .expm1, over: { try expm1($0, into: &$1) }, inPlace: { try expm1(inPlace: &$0) },
      lanes: { expm1($0) }),
    Named(function: .log, over: { try log($0, into: &$1) }, inPlace: { try log(inPlace: &$0) }, lanes: { log($0) }),
    Named(function: .log2, over: { try log2($0, into: &$1) }, inPlace: { try log2(inPlace: &$0) }, lanes: { log2($0) }),
    Named(
      function: .log1p, over: { try log1p($0, into: &$1) }, inPlace: { try log1p(inPlace: &$0) },
      lanes: { log1p($0) }),
    Named(function: .tanh, over: { try tanh($0, into: &$1) }, inPlace: { try tanh(inPlace: &$0) }, lanes: { tanh($0) }),
    Named(function: .sinh, over: { try sinh($0, into: &$1) }, inPlace: { try sinh(inPlace: &$0) }, lanes: { sinh($0) }),
    Named(function: .cosh, over: { try cosh($0, into: &$1) }, inPlace: { try cosh(inPlace: &$0) }, lanes: { cosh($0) }),
    Named(function: .erf, over: { try erf($0, into: &$1) }, inPlace: { try erf(inPlace: &$0) }, lanes: { erf($0) }),
    Named(function: .erfc, over: { try erfc($0, into: &$1) }, inPlace: { try erfc(inPlace: &$0) }, lanes: { erfc($0) }),
    Named(
      function: .sigmoid, over: { try sigmoid($0, into: &$1) }, inPlace: { try sigmoid(inPlace: &$0) },
      lanes: { sigmoid($0) }),
    Named(
      function: .logSigmoid, over: { try logSigmoid($0, into: &$1) }, inPlace: { try logSigmoid(inPlace: &$0) },
      lanes: { logSigmoid($0) }),
    Named(
      function: .softplus, over: { try softplus($0, into: &$1) }, inPlace: { try softplus(inPlace: &$0) },
      lanes: { softplus($0) }),
    Named(
      function: .rsqrt, over: { try rsqrt($0, into: &$1) }, inPlace: { try rsqrt(inPlace: &$0) },
      lanes: { rsqrt($0) }),
    Named(function: .sin, over: { try sin($0, into: &$1) }, inPlace: { try sin(inPlace: &$0) }, lanes: { sin($0) }),
    Named(function: .cos, over: { try cos($0, into: &$1) }, inPlace: { try cos(inPlace: &$0) }, lanes: { cos($0) }),
  ]
}
