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

private func installPeers() throws -> Int32 {
  let wheels = PeerSource.all.compactMap(\.wheel)
  // What has a wheel is taken from there: it is newer.
  let packages = PeerSource.all.filter { $0.wheel == nil }.compactMap(\.debianPackage)
  let administrator = getuid() == 0 ? [] : ["sudo"]
  let commands = [
    administrator + ["apt-get", "update"],
    administrator + ["apt-get", "install", "-y", "python3-pip", "libgomp1"] + packages,
    ["python3", "-m", "pip", "install", "--break-system-packages"] + wheels,
  ]
  var status = EXIT_SUCCESS
  for command in commands {
    print("+ \(command.joined(separator: " "))")
    if try run(command) != 0 {
      complain("Error: \(command.joined(separator: " ")) failed")
      status = EXIT_FAILURE
    }
  }
  return status
}

/// Runs a command found on PATH with this program's own input and output; returns its exit status.
private func run(_ command: [String]) throws -> Int32 {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  try process.run()
  process.waitUntilExit()
  return process.terminationStatus
}
