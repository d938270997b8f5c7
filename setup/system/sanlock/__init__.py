"""sanlock: lockspaces, host ids, leases, and the watchdog behind them."""
