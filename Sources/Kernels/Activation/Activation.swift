/// The elementwise functions of networks, with their parameters.
///
/// One value serves as the last step of a product, as a function over buffers or vectors, and backward:
///
/// ```swift
/// try gemm(x.span, xShape, w.span, wShape, into: &y, yShape, bias: b.span, activation: .gelu)
/// try activate(.gelu, x.span, into: &y)                    // y[i] = gelu(x[i])
/// try activateBackward(.gelu, x.span, dy.span, into: &dx)  // dx[i] = dy[i] gelu'(x[i])
/// ```
///
/// The fused form gives the same bits as the product followed by the function.  Every function takes every number, and
/// maps NaN to NaN; parameters that have a domain say so.  The bounds below are ULP of the exact value for `Float`, where
/// parameters that only scale are 1; <doc:Functions> has the errors over all floats, those of `Double`, and what becomes of
/// infinities.
public enum Activation<Scalar: KernelScalar>: Hashable, Sendable {
  /// x
  case identity
  /// max(x, 0); −0 stays −0 or becomes +0.  Exact.  [Nair, Hinton 2010]
  case relu
  /// x where x ≥ 0, `alpha`·x elsewhere.  One rounding.  [Maas, Hannun, Ng 2013]
  case leakyReLU(alpha: Scalar = 0.01)
  /// min(max(x, `lo`), `hi`).  Exact.
  ///
  /// Unless `lo <= hi` the call throws ``KernelError/Kind/badArgument``.
  case clamp(lo: Scalar, hi: Scalar)
  /// `positive`·x where x ≥ 0, `negative`·x elsewhere: every σ with σ(c·x) = c·σ(x) for c ≥ 0.  One rounding.
  case homogeneous(positive: Scalar, negative: Scalar)
  /// x where x > `at`, `value` elsewhere.  Exact.
  case threshold(at: Scalar, value: Scalar = 0)
  /// x where x > 0, `alpha`·(e^x − 1) elsewhere.  1.5 ULP.  [Clevert, Unterthiner, Hochreiter 2016]
  case elu(alpha: Scalar = 1)
  /// λx where x > 0, λα·(e^x − 1) elsewhere, λ = 1.0507…, α = 1.6732….  2 ULP.  [Klambauer et al. 2017]
  case selu
  /// x where x > 0, `alpha`·(e^(x/alpha) − 1) elsewhere.  2.5 ULP.  [Barron 2017]
  ///
  /// Unless `alpha > 0` the call throws ``KernelError/Kind/badArgument``.
  case celu(alpha: Scalar = 1)
  /// x·Φ(x), Φ the normal distribution, tails included; −0 at −∞.  2 ULP.  [Hendrycks, Gimpel 2016, section 2]
  case gelu
  /// x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2; −0 at −∞.  2 ULP of this formula.  [Hendrycks, Gimpel 2016, section 2]
  case geluTanh
  /// x / (1 + e^−x); −0 at −∞.  1.5 ULP.  [Hendrycks, Gimpel 2016; Elfwing, Uchibe, Doya 2017]
  case silu
  /// x / (1 + e^(−`beta`·x)); NaN at ±∞ where `beta` is 0.  1.5 ULP.  [Ramachandran, Zoph, Le 2017]
  case swish(beta: Scalar = 1)
  /// x·tanh(log(1 + e^x)); −0 at −∞.  1.5 ULP.  [Misra 2019]
  case mish
  /// log(1 + e^(`beta`·x)) / `beta`.  1 ULP where `beta` is a power of two, 2 ULP elsewhere.  [Dugas et al. 2001]
  ///
  /// Where `beta` is 0 the call throws ``KernelError/Kind/badArgument``.
  case softplus(beta: Scalar = 1)
  /// x / (1 + |x|); ±1 at ±∞.  1.5 ULP.  [Bergstra et al. 2009; Glorot, Bengio 2010]
  case softsign
  /// 1 / (1 + e^−x).  1 ULP.
  case sigmoid
  /// −log(1 + e^−x).  1 ULP.
  case logSigmoid
  /// The hyperbolic tangent.  1 ULP.
  case tanh
  /// min(max(`slope`·x + `offset`, 0), 1): PyTorch's by default, ONNX's with 0.2 and 0.5.  1.5 ULP; 1/6 and ½ mean one
  /// sixth, not the number next to it.  [Courbariaux, Bengio, David 2015, with slope ½; Howard et al. 2019, section 5.2]
  case hardSigmoid(slope: Scalar = 1 / 6, offset: Scalar = 0.5)
  /// x·min(max(x + 3, 0), 6)/6; −0 from −3 down.  2.5 ULP.  [Howard et al. 2019, section 5.2]
  case hardSwish
  /// e^x.  1 ULP.
  case exp

  /// min(max(x, 0), 6)
  public static var relu6: Activation { .clamp(lo: 0, hi: 6) }

  /// min(max(x, `lo`), `hi`)
  public static func hardTanh(lo: Scalar = -1, hi: Scalar = 1) -> Activation { .clamp(lo: lo, hi: hi) }
}

/// Along which side of the output a bias runs.
public enum BiasAxis: Sendable {
  /// One element for each row of C.
  case row
  /// One element for each column of C.
  case column
}
