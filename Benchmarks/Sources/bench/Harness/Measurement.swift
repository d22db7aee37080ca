import CBench

/// What some calls took.
struct Sample {
  let seconds: Double
  /// Of these, what belongs to no call; known from another measurement.
  var overhead = 0.0

  static func / (sample: Sample, count: Int) -> Sample {
    Sample(seconds: sample.seconds / Double(count), overhead: sample.overhead / Double(count))
  }
}

/// Best and median seconds per call.
struct Timing {
  let best: Double
  let median: Double

  /// The overhead's best and median are taken by themselves: the least of noisy differences would be too small.
  init(samples: [Sample]) {
    let (seconds, overheads) = (samples.map(\.seconds).sorted(), samples.map(\.overhead).sorted())
    best = seconds[0] - overheads[0]
    median = seconds[seconds.count / 2] - overheads[overheads.count / 2]
  }
}

/// Times the contenders in turns, several rounds, each with the same share of `minTime`.
///
/// In a turn a contender is called once untimed (it wakes its threads and brings the operands into its caches) and
/// then sampled until its share is used up.  A sample of a short call repeats it until the clock's own 30 ns are far
/// below one per cent.  Before a turn, the threads of the one before are given time to fall asleep.
func timeInTurns(_ contenders: [Contender], minTime: Double) throws -> [Timing] {
  var samples = contenders.map { _ in [Sample]() }
  let counts = try contenders.map(callsPerSample)
  let rounds = 5
  for round in 0..<rounds {
    for offset in contenders.indices {
      // Each round starts with another contender, so that none always follows the same one.
      let index = (round + offset) % contenders.count
      samples[index] += try turn(contenders[index], count: counts[index], seconds: minTime / Double(rounds))
    }
  }
  return samples.map(Timing.init(samples:))
}

private func turn(_ contender: Contender, count: Int, seconds: Double) throws -> [Sample] {
  _ = cb_wait_until_alone(0.3)
  contender.setUp()
  let start = cb_now()
  let untimed = try contender.time(count)
  // A call longer than its share is sampled once, and its first run is that sample.
  if untimed.seconds > seconds { return [untimed / count] }
  var samples: [Sample] = []
  repeat {
    samples.append(try contender.time(count) / count)
  } while cb_now() - start < seconds
  return samples
}

/// How many calls last at least 200 µs.
private func callsPerSample(_ contender: Contender) throws -> Int {
  contender.setUp()
  _ = try contender.time(1)
  var count = 1
  while true {
    let seconds = try contender.time(count).seconds
    if seconds >= 200e-6 || count >= 1 << 20 { return count }
    count *= max(2, min(16, Int(200e-6 / max(seconds, 1e-7))))
  }
}
