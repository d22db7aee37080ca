import KernelsReference

/// That two batches of matrices are the same bit for bit (any NaN matches any NaN).
func expectSame<T>(
  _ got: [ReferenceMatrix<T>], _ expected: [ReferenceMatrix<T>], _ what: String
) throws where T: PropertyScalar {
  for l in expected.indices { try expectSame(got[l], expected[l], expected.count > 1 ? "\(what), matrix \(l)" : what) }
}

/// That two matrices are the same bit for bit (any NaN matches any NaN).
func expectSame<T: PropertyScalar>(
  _ got: ReferenceMatrix<T>, _ expected: ReferenceMatrix<T>, _ what: String
) throws {
  let differs = expected.elements.indices.first { !got.elements[$0].isSame(as: expected.elements[$0]) }
  guard let index = differs else { return }
  let (i, j) = (index / expected.columns, index % expected.columns)
  throw PropertyFailure("\(what): C(\(i), \(j)) is \(got.elements[index]), not \(expected.elements[index])")
}

/// The worst error as a fraction of its bound.
///
/// - Throws: ``PropertyFailure`` where it exceeds `limit`.
func worstError<T: PropertyScalar>(
  _ got: [ReferenceMatrix<T>], _ expected: [ReferenceProduct<T>], limit: Double = 1
) throws -> Double {
  var worst = 0.0
  for (l, reference) in expected.enumerated() {
    for index in reference.values.indices {
      let ratio = reference.errorOverBound(of: got[l].elements[index], at: index)
      guard ratio <= limit else {
        let (i, j) = (index / reference.columns, index % reference.columns)
        throw PropertyFailure(
          """
          C(\(i), \(j)) of matrix \(l) is \(got[l].elements[index]), not \(reference.values[index]): \
          the error is \(ratio) of the bound, at most \(limit) is allowed
          """)
      }
      worst = max(worst, ratio)
    }
  }
  return worst
}
