import Foundation

/// The lines below the table: how the results stand against the peers, the peak and the memory.
func summary(_ results: [Measured]) -> [String] {
  var lines: [String] = []
  for key in groupKeys(results) {
    let group = results.filter { groupKey($0) == key }
    lines += ratioLines(group, key) + peakLine(group, key) + readLines(group, key)
  }
  return lines + speedUpLines(results) + isaLines(results)
}

private func groupKey(_ measured: Measured) -> String {
  let result = measured.result
  return "\(result.kernel)/\(result.dtype.rawValue)/\(result.isa)/t\(result.threads)"
}

private func groupKeys(_ results: [Measured]) -> [String] {
  var keys: [String] = []
  for key in results.map(groupKey) where !keys.contains(key) { keys.append(key) }
  return keys
}

/// For each section of the shapes: geometric mean and minimum of the ratio against the best peer of each shape and, where
/// there are several peers, the mean against every one by itself, over the shapes that it computed.
private func ratioLines(_ group: [Measured], _ key: String) -> [String] {
  var sections: [String] = []
  for section in group.map(\.section) where !sections.contains(section) { sections.append(section) }
  return sections.flatMap { section in
    let results = group.filter { $0.section == section }.map(\.result)
    let compared = results.compactMap { result in
      result.bestPeer.map { (ratio: $0.ratio, shape: result.shape, peer: $0.name) }
    }
    guard let worst = compared.min(by: { $0.ratio < $1.ratio }) else { return [String]() }
    let mean = geometricMean(compared.map(\.ratio))
    let ratios = Dictionary(grouping: results.flatMap(\.peers), by: \.name).mapValues { $0.map(\.ratio) }
    let each = ratios.sorted { $0.key < $1.key }.map { name, ratios in
      "\(name) \(format(geometricMean(ratios), 3)) (\(ratios.count))"
    }
    let best =
      "\(key) \(section): best peer / ours over \(compared.count) shapes: geometric mean \(format(mean, 3)), "
      + "minimum \(format(worst.ratio, 3)) (\(worst.shape), \(worst.peer))"
    if each.count == 1 { return [best] }
    return [best, "\(key) \(section): each peer / ours, geometric mean (shapes): \(each.joined(separator: ", "))"]
  }
}

private func geometricMean(_ ratios: [Double]) -> Double {
  exp(ratios.map { log($0) }.reduce(0, +) / Double(ratios.count))
}

private func peakLine(_ group: [Measured], _ key: String) -> [String] {
  let squares = group.filter { ($0.squareSize ?? 0) >= 128 }.sorted { $0.squareSize! < $1.squareSize! }
  if squares.isEmpty { return [] }
  let texts = squares.map { "\($0.squareSize!): \(format($0.result.percentOfPeak, 1))" }
  return ["\(key) squares, % of peak: \(texts.joined(separator: ", "))"]
}

private func readLines(_ group: [Measured], _ key: String) -> [String] {
  let texts = group.compactMap { measured in
    measured.percentOfRead.map { "\(measured.result.shape): \(format($0, 1))" }
  }
  return texts.isEmpty ? [] : ["\(key) memory-bound, % of reading the same operands: \(texts.joined(separator: ", "))"]
}

/// How much faster the most threads are than one, for squares from 256.
private func speedUpLines(_ results: [Measured]) -> [String] {
  let squares = results.filter { ($0.squareSize ?? 0) >= 256 }
  let most = squares.map(\.result.threads).max() ?? 1
  if most == 1 { return [] }
  return pairLines(
    squares, "\(most) threads over 1", numerator: { $0.threads == 1 }, denominator: { $0.threads == most }
  ) { "\($0.kernel)/\($0.dtype.rawValue)/\($0.isa)" }
}

/// The speed of `avx2` over that of `avx512`, where both ran.
private func isaLines(_ results: [Measured]) -> [String] {
  let squares = results.filter { ($0.squareSize ?? 0) >= 128 }
  return pairLines(
    squares, "avx2 speed over avx512", numerator: { $0.isa == "avx512" }, denominator: { $0.isa == "avx2" }
  ) { "\($0.kernel)/\($0.dtype.rawValue)/t\($0.threads)" }
}

/// For each group and size, the best time of one result over that of another.
private func pairLines(
  _ results: [Measured], _ title: String, numerator: (Result) -> Bool, denominator: (Result) -> Bool,
  group: (Result) -> String
) -> [String] {
  var texts: [(key: String, parts: [String])] = []
  for above in results where numerator(above.result) {
    let key = group(above.result)
    guard
      let below = results.first(where: {
        denominator($0.result) && group($0.result) == key && $0.result.shape == above.result.shape
      })
    else { continue }
    let text = "\(above.result.shape): \(format(above.result.secondsBest / below.result.secondsBest, 2))"
    if let index = texts.firstIndex(where: { $0.key == key }) {
      texts[index].parts.append(text)
    } else {
      texts.append((key, [text]))
    }
  }
  return texts.map { "\($0.key) \(title): \($0.parts.joined(separator: ", "))" }
}
