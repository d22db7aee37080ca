internal import Foundation
import Kernels

@main
struct Demo {
  static func main() {
    // A reader that goes away must not end the program.
    signal(SIGPIPE, SIG_IGN)
    let options: Options
    do {
      options = try Options(Array(CommandLine.arguments.dropFirst()))
    } catch {
      complain("demo: \(error)")
      exit(2)
    }
    do {
      switch options.mode {
      case .help: print(Options.help)
      case .train: try train(options)
      case .checkDeterminism: try checkDeterminism(options)
      }
    } catch {
      complain("demo: \(error)")
      exit(1)
    }
  }

  private static func load(_ options: Options) throws(DemoError) -> (train: FashionMNIST, test: FashionMNIST) {
    let train = try FashionMNIST(.train, in: options.data)
    let test = try FashionMNIST(.test, in: options.data)
    return options.smoke ? (train.prefix(640), test.prefix(320)) : (train, test)
  }

  private static func train(_ options: Options) throws {
    try Picture.checkWritable(options.out)
    let data = try load(options)
    var machine = Machine(threads: Threads.isParallel ? options.threads ?? Threads.current : 1)
    if !options.mlp { machine.profile = Profile() }
    var trainer = try Trainer(train: data.train, test: data.test, options: options, machine: machine)
    var terminal = Terminal()
    terminal.line(
      """
      Fashion-MNIST: \(grouped(data.train.count)) training and \(grouped(data.test.count)) test images
      network: \(trainer.network.summary), \(grouped(trainer.network.parameterCount)) parameters
      \(options.epochs) epochs, batches of \(trainer.batch), seed \(options.seed); \
      \(machine.isa.name), \(machine.threads) thread\(machine.threads == 1 ? "" : "s")
      """)
    let start = ContinuousClock.now
    for epoch in 1...options.epochs { try run(epoch, &trainer, &terminal) }
    let seconds = Trainer.seconds(ContinuousClock.now - start)
    let predictions = try trainer.predict(data.test)
    let accuracy = Double(predictions.correct) / Double(data.test.count)
    terminal.line("trained in \(fixed(seconds, 1)) s; weights \(hex(trainer.network.hash))")
    terminal.line(
      "test accuracy \(fixed(100 * accuracy, 2)) % (\(grouped(predictions.correct)) of \(grouped(data.test.count)))")
    let times = machine.profile.map { Times($0, machine: machine, trainer: trainer) }
    if let times { for line in times.table { terminal.line(line) } }
    let picture = Picture(
      trainer: trainer, predictions: predictions, seconds: seconds, seed: options.seed, times: times)
    try picture.write(to: options.out)
    terminal.line("picture: \(options.out)")
  }

  private static func run(_ epoch: Int, _ trainer: inout Trainer, _ terminal: inout Terminal) throws {
    let count = trainer.epochs
    let title = "epoch \(pad(String(epoch), String(count).count))/\(count)"
    let total = trainer.train.count
    try trainer.runEpoch { done, score in
      let loss = fixed(score.loss / Double(done), 4)
      let accuracy = fixed(100 * Double(score.correct) / Double(done), 2)
      terminal.bar(title, done: done, of: total, "loss \(loss)  accuracy \(accuracy) %")
    }
    let e = trainer.history[trainer.history.count - 1]
    terminal.line(
      "\(title)  loss \(fixed(e.loss, 4))  accuracy \(fixed(100 * e.accuracy, 2, width: 5)) %"
        + "  test \(fixed(100 * e.testAccuracy, 2, width: 5)) %  \(fixed(e.seconds, 2, width: 6)) s"
        + "  \(grouped(Int(e.imagesPerSecond), width: 7)) images/s  \(fixed(e.gflops, 1, width: 6)) GFLOP/s")
  }

  /// One short training for each count of threads and each instruction set whose multiply-adds are fused.
  private static func checkDeterminism(_ options: Options) throws {
    var options = options
    options.epochs = 1
    let all = try load(options)
    let data = (train: all.train.prefix(options.smoke ? 640 : 6_000), test: all.test.prefix(100))
    let terminal = Terminal()
    var hashes: Set<UInt64> = []
    for isa in ISA.available where isa.fused || ISA.available.count == 1 {
      for threads in [1, options.threads ?? max(2, Threads.allowed)] {
        let machine = Machine(isa: isa, threads: threads)
        var trainer = try Trainer(train: data.train, test: data.test, options: options, machine: machine)
        try trainer.runEpoch { _, _ in }
        hashes.insert(trainer.network.hash)
        terminal.line(
          "\(isa.name), \(threads) thread\(threads == 1 ? " " : "s"): \(trainer.stepsPerEpoch) steps,"
            + " weights \(hex(trainer.network.hash))")
      }
    }
    guard hashes.count == 1 else { throw DemoError("the same training gave \(hashes.count) different sets of weights") }
    terminal.line("the same weights, bit for bit")
  }

  private static func hex(_ hash: UInt64) -> String { "0x" + String(format: "%016llx", hash) }
}
