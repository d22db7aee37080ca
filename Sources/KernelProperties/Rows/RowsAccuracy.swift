import Kernels
import KernelsReference

extension RowsProperties {
  static var accuracy: [Claim] {
    [
      Claim(
        "softmax-error", "softmax is within 4 ULP, and its rows add up to 1 within (n + 2) u", weight: 5,
        generate: { $0.rows(fills: 0...5) }, check: softmaxError),
      Claim(
        "dominated-softmax-error", "so it is where one entry of 100 to 4096 is nearly the whole sum", weight: 2,
        generate: { $0.dominatedRow() }, check: softmaxError),
      Claim(
        "log-softmax-error", "logSoftmax is within (3 |y| + 2 log n + 6) u", weight: 3,
        generate: { $0.rows(elements: 150, fills: 0...4) }, check: logSoftmaxError),
      Claim(
        "reduction-error", "sums, norms, dot and logSumExp keep their bounds", weight: 3,
        generate: { $0.rows(fills: 0...5) }, check: reductionError),
      Claim(
        "peaks", "max, min, argMax and argMin are exact; NaN and ties as promised", weight: 4,
        generate: { $0.rows(fills: 0...6) }, check: peaks),
      Claim(
        "max-backward", "the gradient of a maximum goes to the place of the first greatest element", weight: 3,
        generate: { $0.rows(fills: 0...6) }, check: maxBackward),
      Claim(
        "backward-error", "the gradients of softmax and logSoftmax keep their bounds", weight: 3,
        generate: { $0.rows(elements: 150, fills: 0...1) }, check: backwardError),
      Claim(
        "loss-error", "losses and gradients of the cross-entropy keep their bounds; ignored rows are 0", weight: 3,
        generate: { $0.rows(elements: 150, fills: 0...4) }, check: lossError),
      Claim(
        "probabilities-error", "so they do with probabilities as targets", weight: 2,
        generate: { $0.rows(elements: 150, fills: 0...2) }, check: probabilitiesError),
    ]
  }

  private static var u: Double { T.unitRoundoff }

  /// The error as a fraction of its bound, which grows by what underflow costs.
  private static func ratio(_ got: T, _ want: T.Wide, _ bound: Double, _ what: String) throws -> Double {
    let error = want.distance(to: got)
    let overflows = want.approximation.magnitude > Double(T.greatestFiniteMagnitude)
    if error == 0 || (overflows && got.magnitude > T.greatestFiniteMagnitude / 2) { return 0 }
    let ratio = error / (bound + Double(T.leastNonzeroMagnitude))
    guard ratio <= 1 else { throw PropertyFailure("\(what): \(got), not \(want.approximation): \(ratio) of its bound") }
    return ratio
  }

  @Sendable private static func softmaxError(_ x: RowsCase, _ isa: ISA) throws -> Double {
    let run = RowsRun<T>(x)
    let y = try run.results(.init(kind: .softmax(log: false)), isa)
    var worst = 0.0
    for r in 0..<x.rows {
      var total = T.Wide(0)
      for (j, want) in run.row(r).softmax.enumerated() {
        let got = y[r * x.count + j]
        total = total + T.Wide(got)
        let value = max(want.approximation, Double(T.leastNormalMagnitude))
        let nearest = T(value)
        let unit = Double((Double(nearest) > value ? nearest.nextDown : nearest).ulp)
        worst = max(worst, try ratio(got, want, 4 * unit, "softmax, row \(r), \(j)"))
      }
      worst = max(worst, try ratio(1, total, Double(x.count + 2) * u, "sum of row \(r)"))
    }
    return worst
  }

  @Sendable private static func logSoftmaxError(_ x: RowsCase, _ isa: ISA) throws -> Double {
    let run = RowsRun<T>(x)
    let y = try run.results(.init(kind: .softmax(log: true)), isa)
    var worst = 0.0
    for r in 0..<x.rows {
      let row = run.row(r)
      let sum = row.logSumExp
      for (j, element) in row.elements.enumerated() {
        let want = T.Wide(element) - sum
        guard y[r * x.count + j] <= 0 else { throw PropertyFailure("row \(r), \(j): above 0") }
        worst = max(worst, try ratio(y[r * x.count + j], want, row.logBound(of: want), "row \(r), \(j)"))
      }
    }
    return worst
  }

  @Sendable private static func reductionError(_ x: RowsCase, _ isa: ISA) throws -> Double {
    let run = RowsRun<T>(x)
    var worst = 0.0
    for kind: RowsOperation.Kind in [
      .reduction(.sum), .reduction(.mean), .reduction(.l1Norm), .reduction(.l2Norm), .reduction(.logSumExp), .dot,
    ] {
      let y = try run.results(.init(kind: kind), isa).suffix(x.rows)
      for (r, got) in y.enumerated() {
        guard let want = reduced(run, r, kind) else { continue }
        worst = max(worst, try ratio(got * want.scale, want.value, want.bound, "\(kind), row \(r)"))
      }
    }
    return worst
  }

  /// What row r reduces to times a power of two, and how far from that a result may lie; nil where it may overflow.
  private static func reduced(
    _ run: RowsRun<T>, _ r: Int, _ kind: RowsOperation.Kind
  ) -> (value: T.Wide, bound: Double, scale: T)? {
    let (row, g, greatest) = (run.row(r), ReferenceRow<T>.roundings(run.x.count), Double(T.greatestFiniteMagnitude))
    let sum: ReferenceValue<T>
    switch kind {
    case .reduction(.logSumExp):
      let value = row.logSumExp
      return (value, row.logBound(of: value, roundings: 2), 1)
    case .reduction(.l2Norm):
      let (scale, norm) = (row.scale, row.scaledNorm)
      let bound = (g / 2 + 2) * u * norm.approximation + Double(T.leastNonzeroMagnitude * max(scale, 1))
      return norm.approximation > greatest * Double(min(scale, 1)) ? nil : (norm, bound, scale)
    case .reduction(.l1Norm): sum = row.sum { T.Wide($1.magnitude) }
    case .dot:
      let other = run.other(r)
      sum = row.sum { T.Wide($1) * other[$0] }
    default: sum = row.sum { T.Wide($1) }
    }
    guard sum.scale <= greatest / 4 else { return nil }
    guard case .reduction(.mean) = kind else { return (sum.value, g * u * sum.scale, 1) }
    let n = T.Wide(T(max(run.x.count, 1)))
    return (sum.value / n, (g + 2) * u * sum.scale / n.approximation, 1)
  }

  @Sendable private static func peaks(_ x: RowsCase, _ isa: ISA) throws -> Double {
    guard x.count > 0 else { return 0 }
    let run = RowsRun<T>(x)
    for least in [false, true] {
      let places = try run.results(.init(kind: .arg(least: least)), isa).suffix(x.rows)
      let values = try run.results(.init(kind: .reduction(least ? .min : .max)), isa).suffix(x.rows)
      for (r, (place, value)) in zip(places, values).enumerated() {
        let row = run.row(r)
        let want = row.place(least: least)
        guard place == T(want) else { throw PropertyFailure("row \(r): at \(place), not \(want)") }
        guard value.isSame(as: row.elements[want] + 0) else {
          throw PropertyFailure("row \(r): \(value), not \(row.elements[want])")
        }
      }
    }
    return 0
  }

  @Sendable private static func maxBackward(_ x: RowsCase, _ isa: ISA) throws -> Double {
    guard x.count > 0 else { return 0 }
    let run = RowsRun<T>(x)
    let dx = try run.results(.init(kind: .maxBackward), isa)
    for r in 0..<x.rows {
      let place = run.row(r).place(least: false)
      for j in 0..<x.count {
        let (got, want) = (dx[r * x.count + j], j == place ? run.other(r)[0] : 0)
        guard got.isSame(as: want) else { throw PropertyFailure("row \(r), \(j): \(got), not \(want)") }
      }
    }
    return 0
  }

  @Sendable private static func backwardError(_ x: RowsCase, _ isa: ISA) throws -> Double {
    let drawn = RowsRun<T>(x)
    let g = ReferenceRow<T>.roundings(x.count) + 1
    var worst = 0.0
    for log in [false, true] {
      let y = try drawn.results(.init(kind: .softmax(log: log)), isa).dropLast(x.rows)
      let run = RowsRun<T>(x, values: (Array(y), drawn.others))
      let dx = try run.results(.init(kind: .backward(log: log)), isa)
      for r in 0..<x.rows {
        let (row, dy) = (run.row(r), run.other(r))
        let sum = row.sum { log ? T.Wide(dy[$0]) : T.Wide($1) * dy[$0] }
        for (j, yj) in row.elements.enumerated() {
          let (want, bound): (T.Wide, Double)
          if log {
            let p = T.Wide.exp(T.Wide(yj))
            want = T.Wide(dy[j]) - p * sum.value
            bound = want.approximation.magnitude + (g + 2) * p.approximation * sum.scale
          } else {
            let difference = T.Wide(dy[j]) - sum.value
            want = difference * yj
            bound = (2 * difference.approximation.magnitude + g * sum.scale) * Double(yj.magnitude)
          }
          worst = max(worst, try ratio(dx[r * x.count + j], want, bound * u, "gradient of row \(r), \(j)"))
        }
      }
    }
    return worst
  }

  @Sendable private static func lossError(_ x: RowsCase, _ isa: ISA) throws -> Double {
    guard x.count > 0, x.rows > 0 else { return 0 }
    let run = RowsRun<T>(x)
    let results = try run.results(.init(kind: .targets), isa)
    let counted = run.targets.filter { $0 >= 0 }.count
    var (total, bound, worst) = (T.Wide(0), 0.0, 0.0)
    for (r, t) in run.targets.enumerated() {
      let row = run.row(r)
      let softmax = t < 0 ? row.elements.map { _ in T.Wide(0) } : row.softmax
      if t >= 0 {
        let loss = row.logSumExp - T.Wide(row.elements[t])
        total = total + loss
        bound += row.logBound(of: loss)
      }
      for (j, p) in softmax.enumerated() {
        let want = (j == t ? p - T.Wide(1) : p) / T.Wide(T(max(counted, 1)))
        let size = 10 * want.approximation.magnitude + (j == t ? 4 / Double(max(counted, 1)) : 0)
        worst = max(worst, try ratio(results[r * x.count + j], want, size * u, "gradient of row \(r), \(j)"))
      }
    }
    let got = results[x.rows * x.count]
    if counted == 0 {
      guard got.isNaN else { throw PropertyFailure("the mean of no rows is \(got)") }
      return worst
    }
    guard got >= 0 else { throw PropertyFailure("the mean loss is \(got)") }
    let mean = total / T.Wide(T(counted))
    let room = bound / Double(counted) + 3 * u * mean.approximation.magnitude
    return max(worst, try ratio(got, mean, room, "mean loss"))
  }

  /// Probabilities that add up to 1: the softmax of other numbers; some are 0.
  @Sendable private static func probabilitiesError(_ x: RowsCase, _ isa: ISA) throws -> Double {
    guard x.count > 0, x.rows > 0 else { return 0 }
    let drawn = RowsRun<T>(x)
    var probabilities = Array(try drawn.results(.init(kind: .softmax(log: false)), isa).dropLast(x.rows).reversed())
    for index in probabilities.indices where index % 3 == 1 && probabilities[index] < T(0.5) / T(x.count) {
      probabilities[index] = 0
    }
    let run = RowsRun<T>(x, values: (drawn.logits, probabilities))
    let results = try run.results(.init(kind: .probabilities), isa)
    let g = ReferenceRow<T>.roundings(x.count) + 6
    var (total, bound, worst) = (T.Wide(0), 0.0, 0.0)
    for r in 0..<x.rows {
      let (row, p) = (run.row(r), run.other(r))
      let sum = row.logSumExp
      let loss = row.sum { (sum - T.Wide($1)) * p[$0] }
      let mass = row.sum { index, _ in T.Wide(p[index]) }
      total = total + loss.value
      bound += g * u * loss.scale + row.logBound(of: T.Wide(0)) * mass.scale
      for (j, s) in row.softmax.enumerated() {
        let want = s * mass.value - T.Wide(p[j])
        let size = (s * mass.value).approximation + Double(p[j])
        worst = max(worst, try ratio(results[r * x.count + j], want, g * u * size, "gradient of row \(r), \(j)"))
      }
    }
    return max(worst, try ratio(results[x.rows * x.count], total, bound, "sum of losses"))
  }
}
