import CKernels
import Foundation
import KernelsReference

/// The functions of the suite, in the order of ck_vector.h.
let benchmarkedFunctions: [BenchmarkedFunction] = elementaryFunctions + activations

private let unit = (f32: 1.0, f64: 1.0)
private let looser = (f32: 1.0, f64: 2.0)

private let elementaryFunctions: [BenchmarkedFunction] = [
  .init(
    name: "exp", function: CK_EXP, domain: -80...80, bounds: unit, exact: { exp($0) }, sleef: ("exp", "u10"), vml: "Exp"
  ),
  .init(
    name: "exp2", function: CK_EXP2, domain: -120...120, bounds: unit, exact: { exp2($0) }, sleef: ("exp2", "u10"),
    vml: "Exp2"),
  .init(
    name: "expm1", function: CK_EXPM1, domain: -10...80, bounds: looser, exact: { expm1($0) }, sleef: ("expm1", "u10"),
    vml: "Expm1"),
  .init(
    name: "log", function: CK_LOG, domain: 1e-3...1e6, bounds: unit, exact: { log($0) }, sleef: ("log", "u10"),
    vml: "Ln"),
  .init(
    name: "log2", function: CK_LOG2, domain: 1e-3...1e6, bounds: looser, exact: { log2($0) }, sleef: ("log2", "u10"),
    vml: "Log2"),
  .init(
    name: "log1p", function: CK_LOG1P, domain: -0.99...1e3, bounds: looser, exact: { log1p($0) },
    sleef: ("log1p", "u10"), vml: "Log1p"),
  .init(
    name: "sin", function: CK_SIN, domain: -100...100, bounds: looser, exact: { sin($0) }, sleef: ("sin", "u10"),
    vml: "Sin"),
  .init(
    name: "cos", function: CK_COS, domain: -100...100, bounds: looser, exact: { cos($0) }, sleef: ("cos", "u10"),
    vml: "Cos"),
  .init(
    name: "sinh", function: CK_SINH, domain: -20...20, bounds: looser, exact: { sinh($0) }, sleef: ("sinh", "u10"),
    vml: "Sinh"),
  .init(
    name: "cosh", function: CK_COSH, domain: -20...20, bounds: looser, exact: { cosh($0) }, sleef: ("cosh", "u10"),
    vml: "Cosh"),
  .init(
    name: "erf", function: CK_ERF, domain: -4...4, bounds: looser, exact: { erf($0) }, sleef: ("erf", "u10"), vml: "Erf"
  ),
  .init(
    name: "erfc", function: CK_ERFC, domain: -4...9, bounds: (1.5, 2), exact: { erfc($0) }, sleef: ("erfc", "u15"),
    vml: "Erfc"),
  .init(
    name: "rsqrt", function: CK_RSQRT, domain: 1e-3...1e6, bounds: looser, exact: { 1 / $0.squareRoot() },
    vml: "InvSqrt"),
]

/// Exact values are the reference's, rounded once: the C library's exponential times the condition number of these
/// formulas would be hundreds of ULP off.
private let activations: [BenchmarkedFunction] = [
  .init(name: "relu", function: CK_RELU, domain: -10...10, bounds: unit, exact: { max($0, 0) }),
  .init(
    name: "clamp", function: CK_CLAMP, p: 0, q: 6, alpha: 0, beta: 6, domain: -10...10, bounds: unit,
    exact: { min(max($0, 0), 6) }),
  .init(
    name: "elu", function: CK_ELU, p: 1, alpha: 1, domain: -10...10, bounds: (1.5, 2),
    exact: { ReferenceActivation.elu(alpha: 1)($0) }),
  .init(
    name: "gelu", function: CK_GELU, domain: -10...10, bounds: (2, 2), exact: { ReferenceActivation.gelu($0) }),
  .init(
    name: "gelu_tanh", function: CK_GELU_TANH, domain: -10...10, bounds: (2, 2),
    exact: { ReferenceActivation.geluTanh($0) }),
  .init(
    name: "silu", function: CK_SILU, alpha: 1, domain: -20...20, bounds: (1.5, 2),
    exact: { ReferenceActivation.silu($0) }),
  .init(
    name: "mish", function: CK_MISH, domain: -20...20, bounds: (1.5, 2), exact: { ReferenceActivation.mish($0) }),
  .init(
    name: "softplus", function: CK_SOFTPLUS, p: 1, alpha: 1, domain: -20...20, bounds: looser,
    exact: { ReferenceActivation.softplus(beta: 1)($0) }),
  .init(
    name: "sigmoid", function: CK_SIGMOID, domain: -20...20, bounds: unit, exact: { ReferenceActivation.sigmoid($0) }),
  .init(
    name: "log_sigmoid", function: CK_LOG_SIGMOID, domain: -20...20, bounds: looser,
    exact: { ReferenceActivation.logSigmoid($0) }),
  .init(
    name: "tanh", function: CK_TANH, domain: -10...10, bounds: unit, exact: { tanh($0) }, sleef: ("tanh", "u10"),
    vml: "Tanh"),
  .init(
    name: "hard_swish", function: CK_HARD_SWISH, alpha: 1 / 6, beta: 0.5, domain: 0...5, bounds: (4, 4),
    exact: { $0 * min(max($0 / 6 + 0.5, 0), 1) }),
]
