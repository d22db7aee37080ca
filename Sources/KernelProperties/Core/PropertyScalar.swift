public import Kernels
public import KernelsReference

/// An element type whose kernels can be checked: it has kernels, a reference and a name.
public protocol PropertyScalar: KernelScalar, ReferenceScalar {
  /// `f32` or `f64`, as in ids.
  static var typeName: String { get }
}

extension Float: PropertyScalar {
  public static var typeName: String { "f32" }
}

extension Double: PropertyScalar {
  public static var typeName: String { "f64" }
}

extension PropertyScalar {
  /// A quiet NaN that no arithmetic produces: what lies in the gaps between elements.
  static var canary: Self {
    Self(sign: .plus, exponentBitPattern: infinity.exponentBitPattern, significandBitPattern: quietBit | 0xCAFE)
  }

  /// A NaN that raises the invalid exception when an instruction reads it as a number.
  static var signalingNaN: Self {
    Self(sign: .plus, exponentBitPattern: infinity.exponentBitPattern, significandBitPattern: 0x5A5A)
  }

  /// A quiet NaN of either sign that carries `payload`.
  static func nan(sign: FloatingPointSign, payload: UInt64) -> Self {
    let carried = RawSignificand(truncatingIfNeeded: payload) & (quietBit - 1)
    return Self(
      sign: sign, exponentBitPattern: infinity.exponentBitPattern, significandBitPattern: quietBit | carried)
  }

  private static var quietBit: RawSignificand { nan.significandBitPattern }

  /// One of the values that trip kernels.
  static var specials: [Self] {
    let nans = [0, 1, 0x1FF, .max].map { nan(sign: .plus, payload: $0) } + [nan(sign: .minus, payload: 0xFFF)]
    return nans + [.infinity, -.infinity, signalingNaN, -0.0, leastNonzeroMagnitude, greatestFiniteMagnitude]
  }

  /// Same bits, or NaN both: which NaN comes out of an operation is not promised.
  func isSame(as other: Self) -> Bool { bits == other.bits || (isNaN && other.isNaN) }
}
