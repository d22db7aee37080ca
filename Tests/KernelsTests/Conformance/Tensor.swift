import Kernels
import KernelsReference

/// A dense row-major tensor, and the products of it that conformance vectors ask for.
struct Tensor<T: KernelScalar> {
  var shape: [Int]
  var elements: [T]

  init(shape: [Int], elements: [T]) {
    precondition(elements.count == shape.reduce(1, *))
    self.shape = shape
    self.elements = elements
  }

  /// The last two dimensions are exchanged.
  var transposed: Tensor {
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    let size = rows * columns
    let moved = elements.indices.map { index in
      let (matrix, place) = (index / max(size, 1), index % max(size, 1))
      return elements[matrix * size + place % rows * columns + place / rows]
    }
    return Tensor(shape: shape.dropLast(2) + [columns, rows], elements: moved)
  }

  /// The same elements as one matrix: all dimensions but the last together.
  var flattened: Tensor {
    let columns = shape.last ?? 1
    return Tensor(shape: [columns == 0 ? 0 : elements.count / columns, columns], elements: elements)
  }

  /// Repeated along dimensions of size 1, and along new ones in front, until it has this shape.
  func broadcast(to target: [Int]) -> Tensor {
    Tensor(shape: target, elements: referenceBroadcast(elements, shape, to: target))
  }
}

/// alpha op(A) op(B) + beta C of matrices; op(X) is X as it lies or transposed.
func product<T>(
  _ a: Tensor<T>, _ b: Tensor<T>, transA: Bool = false, transB: Bool = false, alpha: T = 1, beta: T = 0,
  adding c: Tensor<T>? = nil, isa: ISA
) throws -> Tensor<T> {
  let lying = { (x: Tensor<T>) in MatrixShape(rows: x.shape[0], columns: x.shape[1]) }
  let (aShape, bShape) = (transA ? lying(a).transposed : lying(a), transB ? lying(b).transposed : lying(b))
  let shape = [aShape.rows, bShape.columns]
  let unset = Tensor<T>(shape: shape, elements: .init(repeating: .nan, count: shape[0] * shape[1]))
  var result = c?.broadcast(to: shape) ?? unset
  var out = result.elements.mutableSpan
  try gemm(
    a.elements.span, aShape, b.elements.span, bShape, into: &out, MatrixShape(rows: shape[0], columns: shape[1]),
    alpha: alpha, beta: c == nil ? 0 : beta, isa: isa)
  return result
}

/// NumPy's matmul: vectors become matrices and lose that dimension again, and the dimensions in front are broadcast.
func matmul<T>(_ left: Tensor<T>, _ right: Tensor<T>, isa: ISA) throws -> Tensor<T> {
  let a = left.shape.count == 1 ? Tensor(shape: [1] + left.shape, elements: left.elements) : left
  let b = right.shape.count == 1 ? Tensor(shape: right.shape + [1], elements: right.elements) : right
  let (aFront, bFront) = (Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
  let rank = max(aFront.count, bFront.count)
  let pad = { (shape: [Int]) in Array(repeating: 1, count: rank - shape.count) + shape }
  let front = zip(pad(aFront), pad(bFront)).map { $0 == 1 ? $1 : $0 }
  let (m, k, n) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1], b.shape[b.shape.count - 1])
  let (aWide, bWide) = (a.broadcast(to: front + [m, k]), b.broadcast(to: front + [k, n]))
  let batch = front.reduce(1, *)
  var result = [T](repeating: .nan, count: batch * m * n)
  var out = result.mutableSpan
  try gemm(
    aWide.elements.span, MatrixShape(rows: m, columns: k), bWide.elements.span, MatrixShape(rows: k, columns: n),
    into: &out, MatrixShape(rows: m, columns: n), batch: batch, isa: isa)
  let shape = front + (left.shape.count == 1 ? [] : [m]) + (right.shape.count == 1 ? [] : [n])
  return Tensor(shape: shape, elements: result)
}
