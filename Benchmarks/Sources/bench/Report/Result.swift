/// One measured case, as the JSON shows it.
struct Result: Codable {
  let id: String
  let kernel: String
  let dtype: DType
  let shape: String
  let isa: String
  let threads: Int
  let secondsBest: Double
  let secondsMedian: Double
  let gflops: Double
  var percentOfPeak: Double
  let errorOverBound: Double
  /// How it was computed, where there is a choice.
  var algorithm: String?
  let peers: [PeerResult]

  enum CodingKeys: String, CodingKey {
    case id, kernel, dtype, shape, isa, threads, gflops, algorithm, peers
    case secondsBest = "seconds_best"
    case secondsMedian = "seconds_median"
    case percentOfPeak = "percent_of_peak"
    case errorOverBound = "error_over_bound"
  }

  /// Takes the share of `machine`'s peak anew.
  mutating func rate(on machine: Machine) { percentOfPeak = machine.percentOfPeak(gflops, dtype, threads: threads) }

  /// A peer's ratio as the tables show it; "" where it took no part.
  func ratio(of peer: String) -> String {
    let wholeCall = PeerResult.ofWholeCall(peer)
    return peers.first { $0.name == peer || $0.name == wholeCall }.map {
      format($0.ratio, 2) + ($0.name == wholeCall ? " (call)" : "")
    } ?? ""
  }

  /// The fastest peer.
  var bestPeer: PeerResult? { peers.min { $0.secondsBest < $1.secondsBest } }
}

/// A peer's time for the same case.
struct PeerResult: Codable {
  let name: String
  let secondsBest: Double
  /// Its best time over ours: above 1 we are faster.
  let ratio: Double

  enum CodingKeys: String, CodingKey {
    case name, ratio
    case secondsBest = "seconds_best"
  }

  /// The name of a peer where not its kernel is timed but the whole call from Python.
  static func ofWholeCall(_ peer: String) -> String { "\(peer) (call)" }
}

/// A result with what the reports need and the JSON does not carry.
struct Measured {
  var result: Result
  let section: String
  let flops: Double
  let bytes: Double
  let squareSize: Int?
  var elements: Int?
  /// For a case that reading its operands limits: our best time's share of the fastest such reading, in per cent.
  let percentOfRead: Double?

  var gbps: Double { bytes / result.secondsBest / 1e9 }
}

/// The whole JSON file.
struct ResultFile: Codable {
  let machine: Machine
  let results: [Result]
}
