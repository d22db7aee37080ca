internal import CKernels

/// A way to compute a convolution.
public enum ConvolutionAlgorithm: UInt32, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// The fastest for the shape, whatever the batch and the threads.
  case automatic = 0
  /// An implicit matrix product: every geometry, and the products of the formula themselves.
  case direct
  /// Minimal filtering F(2, 3) or F(2, 5): kernels of 3 or 5, stride 1, dilated ones phase by phase.
  case winograd2
  /// Minimal filtering F(4, 3) or F(4, 5): the same kernels, fewer products, larger errors.
  case winograd4
  /// Groups of one channel and one filter (depthwise), of four and four, or of eight and eight: a vector holds filters
  /// of neighbouring groups.  The sums of `direct`, bit for bit.
  case grouped

  /// Its name, such as `direct`.
  public var description: String {
    // SAFETY: every case has a name, which is a string constant.
    unsafe String(cString: ck_conv_algorithm_name(ck_conv_algorithm(rawValue)))
  }
}

/// What a plan does and why, for reading and for printing.
public struct ConvolutionExplanation: Hashable, Sendable, CustomStringConvertible {
  /// Why an algorithm is not the plan's.
  public struct Rejection: Hashable, Sendable {
    /// The algorithm.
    public let algorithm: ConvolutionAlgorithm
    /// The reason, a clause.
    public let reason: String
  }

  /// The plan's algorithm.
  public let algorithm: ConvolutionAlgorithm
  /// The others.
  public let rejected: [Rejection]
  /// Outputs and filters that a kernel computes at once.
  public let tile: SIMD2<Int>
  /// The most threads that a call uses.
  public let threads: Int
  /// Bytes of workspace of a call.
  public let workspaceBytes: Int
  /// Bytes of packed weights.
  public let packedBytes: Int
  /// Multiplications and additions of the formula, those with padding included.
  public let operations: Int
  /// Those that meet an element of x.
  public let innerOperations: Int
  /// `operations` for each byte of x, weights and y.
  public let arithmeticIntensity: Double
  /// The factor E of the error bound, in units of u times the sum (strict algorithms) or the product of the norms of
  /// what an output depends on.
  public let errorGrowth: Double
  /// Whether the bound is componentwise.
  public let isStrict: Bool

  /// The bound as a formula.
  public var errorBound: String {
    isStrict ? "|error| <= \(errorGrowth) u sum |w||x|" : "|error| <= \(errorGrowth) u ||w|| ||x||"
  }

  /// One fact on each line.
  public var description: String {
    let reasons = rejected.map { "not \($0.algorithm): \($0.reason)" }
    let facts = [
      "algorithm: \(algorithm)", "tile: \(tile.x) outputs x \(tile.y) filters", "threads: \(threads)",
      "workspace: \(workspaceBytes) bytes", "packed weights: \(packedBytes) bytes",
      "operations: \(operations), without padding \(innerOperations)",
      "arithmetic intensity: \(arithmeticIntensity) operations/byte", errorBound,
    ]
    return (facts + reasons).joined(separator: "\n")
  }
}
