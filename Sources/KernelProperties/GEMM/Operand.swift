import Kernels
import KernelsReference

/// A matrix, or a batch of them, in memory between guard pages.
///
/// Gaps between elements hold canaries: NaNs that would show in any result they reached.
@safe
final class Operand<T: PropertyScalar> {
  let shape: MatrixShape
  let batch: Int
  private let memory: GuardedBuffer<T>

  /// What the buffer held when the kernel was called.
  private var original: [T] = []

  init(rows: Int, columns: Int, batch: Int, _ choice: LayoutChoice) {
    let (outer, inner) = choice.columnMajor == 1 ? (columns, rows) : (rows, columns)
    let line = max(inner - 1, 0) * choice.step + 1
    let outerStride = choice.gap < 0 ? 0 : line + choice.gap
    let matrix = max(outer - 1, 0) * outerStride + line
    let strides = SIMD2(outerStride, choice.step)
    shape = MatrixShape(
      size: SIMD2(rows, columns), strides: choice.columnMajor == 1 ? SIMD2(strides.y, strides.x) : strides,
      offset: choice.offset, batchStride: choice.batchGap < 0 ? 0 : matrix + choice.batchGap)
    self.batch = batch
    let isEmpty = rows == 0 || columns == 0 || batch == 0
    let count = isEmpty ? 0 : choice.offset + (batch - 1) * shape.batchStride + matrix
    memory = GuardedBuffer(count: count, side: choice.flushLeft == 1 ? .left : .right, shift: choice.shift)
    for index in 0..<count { memory.elements[index] = T.canary }
  }

  /// The whole buffer, gaps included.
  @safe var elements: UnsafeMutableBufferPointer<T> { memory.elements }

  /// Sets every element, in the order of batch, rows, columns.
  func fill(_ value: () -> T) {
    forEachIndex { index in memory.elements[index] = value() }
  }

  /// Remembers the contents, for `damage`.
  func freeze() { original = unsafe Array(memory.elements) }

  /// Puts back what `freeze` saw.
  func restore() {
    for index in original.indices { memory.elements[index] = original[index] }
  }

  /// The matrices as they are now.
  func matrices() -> [ReferenceMatrix<T>] { gathered { memory.elements[$0] } }

  /// The matrices as `freeze` saw them.
  func originalMatrices() -> [ReferenceMatrix<T>] { gathered { original[$0] } }

  private func gathered(_ element: (_ index: Int) -> T) -> [ReferenceMatrix<T>] {
    (0..<batch).map { l in
      ReferenceMatrix(rows: shape.rows, columns: shape.columns) { i, j in
        element(shape.index(row: i, column: j) + l * shape.batchStride)
      }
    }
  }

  /// What changed that must not: anything in an input, anything but the elements in an output.
  func damage(isOutput: Bool) -> String? {
    guard memory.surroundingsAreIntact else { return "bytes beside the buffer changed" }
    var now = unsafe Array(memory.elements)
    if isOutput { forEachIndex { now[$0] = original[$0] } }
    return now.indices.first { now[$0].bits != original[$0].bits }.map {
      "buffer[\($0)], \(isOutput ? "in a gap" : "an input"), changed from \(original[$0]) to \(now[$0])"
    }
  }

  /// Sets element (i, j) of matrix l.
  func set(_ l: Int, _ i: Int, _ j: Int, to value: T) {
    memory.elements[shape.index(row: i, column: j) + l * shape.batchStride] = value
  }

  /// Forbids every access to the buffer while `body` runs.
  func whileForbidden<Result>(_ body: () throws -> Result) rethrows -> Result { try memory.whileForbidden(body) }

  private func forEachIndex(_ body: (Int) -> Void) {
    for l in 0..<batch {
      for i in 0..<shape.rows {
        for j in 0..<shape.columns { body(shape.index(row: i, column: j) + l * shape.batchStride) }
      }
    }
  }
}
