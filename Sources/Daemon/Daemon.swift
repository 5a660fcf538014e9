/// What every long-running program of the house does the same way: telling the service manager how it is, finding its secrets,
/// showing metrics, and keeping backups.
public enum DaemonRoom {}
