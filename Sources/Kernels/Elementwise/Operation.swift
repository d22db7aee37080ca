internal import CKernels

/// What ``combine(_:_:_:into:over:activation:isa:threads:)`` makes of an element of each of two operands.
///
/// Arithmetic rounds once, to nearest.  Comparisons give 1 where they hold and 0 elsewhere; with a NaN only
/// ``notEqual`` holds.
public enum BinaryOperation: String, Hashable, Sendable, CaseIterable {
  /// a + b
  case add
  /// a − b
  case subtract
  /// a·b
  case multiply
  /// a / b
  case divide
  /// The lesser; NaN where either is NaN; −0 is less than +0.  [IEEE 754-2019, 9.6: minimum]
  case minimum
  /// The greater; NaN where either is NaN; +0 is greater than −0.  [IEEE 754-2019, 9.6: maximum]
  case maximum
  /// a < b
  case less
  /// a ≤ b
  case lessOrEqual
  /// a > b
  case greater
  /// a ≥ b
  case greaterOrEqual
  /// a = b
  case equal
  /// a ≠ b
  case notEqual
  /// a where a ≥ 0 or NaN, a·b elsewhere: b is the slope.  [He, Zhang, Ren, Sun 2015]
  case prelu
}

/// What ``combine(_:_:_:_:into:over:activation:isa:threads:)`` makes of an element of each of three operands.
public enum TernaryOperation: String, Hashable, Sendable, CaseIterable {
  /// a·b + c, rounded once.
  case multiplyAdd
  /// b where a ≠ 0, NaN included; c where a = 0.
  case select
  /// b·c where a ≤ 0, b elsewhere: the gradient of ``BinaryOperation/prelu`` from x, dy and the slope.
  case preluBackward
}

extension BinaryOperation {
  var code: ck_op {
    switch self {
    case .add: CK_OP_ADD
    case .subtract: CK_OP_SUBTRACT
    case .multiply: CK_OP_MULTIPLY
    case .divide: CK_OP_DIVIDE
    case .minimum: CK_OP_MINIMUM
    case .maximum: CK_OP_MAXIMUM
    case .less: CK_OP_LESS
    case .lessOrEqual: CK_OP_LESS_EQUAL
    case .greater: CK_OP_GREATER
    case .greaterOrEqual: CK_OP_GREATER_EQUAL
    case .equal: CK_OP_EQUAL
    case .notEqual: CK_OP_NOT_EQUAL
    case .prelu: CK_OP_PRELU
    }
  }
}

extension TernaryOperation {
  var code: ck_op {
    switch self {
    case .multiplyAdd: CK_OP_MULTIPLY_ADD
    case .select: CK_OP_SELECT
    case .preluBackward: CK_OP_PRELU_BACKWARD
    }
  }
}
