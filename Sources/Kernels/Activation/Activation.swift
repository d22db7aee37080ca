/// The elementwise function that may follow a product, fused into it.
///
/// The fused form gives the same bits as the product followed by the function.
public enum Activation<Scalar: KernelScalar>: Hashable, Sendable {
  /// x
  case identity
  /// max(x, 0); NaN stays NaN.
  case relu
  /// x where x ≥ 0, `alpha`·x elsewhere; NaN stays NaN.
  case leakyReLU(alpha: Scalar)
  /// min(max(x, `lo`), `hi`); NaN stays NaN.
  ///
  /// Unless `lo <= hi` the call throws ``KernelError/Kind/badArgument``.
  case clamp(lo: Scalar, hi: Scalar)
}

/// Along which side of the output a bias runs.
public enum BiasAxis: Sendable {
  /// One element for each row of C.
  case row
  /// One element for each column of C.
  case column
}
