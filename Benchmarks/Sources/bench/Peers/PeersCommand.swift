import Foundation

/// `bench peers`: says which peers are here; with `install`, installs those that Debian and PyPI hold first.
/// Returns the exit status.
func listPeers(install: Bool) throws -> Int32 {
  let status = install ? try installPeers() : EXIT_SUCCESS
  for source in PeerSource.all {
    if let peer = source.load() {
      print("\(source.key.left(16))\(peer.name), threads: \(peer.threading)")
    } else {
      print("\(source.key.left(16))not installed\(installHint(source))")
    }
  }
  return status
}

private func installHint(_ source: PeerSource) -> String {
  let ways =
    (source.debianPackage.map { ["apt-get install \($0)"] } ?? []) + (source.wheel.map { ["pip install \($0)"] } ?? [])
  return ways.isEmpty ? "" : " (\(ways.joined(separator: ", or ")))"
}

/// Takes the wheel of a peer that has one, since it is newer, and the Debian package of any other, or where the wheel
/// does not exist for this machine; each once, whatever number of peers is in it.  Returns the exit status: 1 if some
/// peer could not be installed.
private func installPeers() throws -> Int32 {
  let administrator = getuid() == 0 ? [] : ["sudo"]
  let install = administrator + ["apt-get", "install", "-y"]
  // Debian's pip wants to be told that it may; older ones, which do not know of that, ignore the variable.
  let pip = ["env", "PIP_BREAK_SYSTEM_PACKAGES=1", "python3", "-m", "pip", "install"]
  var succeeded = try run(administrator + ["apt-get", "update"])
  succeeded = try run(install + ["python3-pip", "libgomp1"]) && succeeded
  var outcomes: [[String]: Bool] = [:]
  let runOnce = { (command: [String]) in
    let outcome = try outcomes[command] ?? run(command)
    outcomes[command] = outcome
    return outcome
  }
  for source in PeerSource.all where source.debianPackage != nil || source.wheel != nil {
    if let wheel = source.wheel, try runOnce(pip + wheel.split(separator: " ").map(String.init)) { continue }
    if let package = source.debianPackage, try runOnce(install + [package]) { continue }
    complain("Error: \(source.key) could not be installed")
    succeeded = false
  }
  return succeeded ? EXIT_SUCCESS : EXIT_FAILURE
}

/// Runs a command found on PATH with this program's own input and output; returns whether it succeeded.
private func run(_ command: [String]) throws -> Bool {
  // Not `print`, whose buffer a pipe would show after the command's own output.
  emit("+ \(command.joined(separator: " "))\n", to: .standardOutput)
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus == 0
}
