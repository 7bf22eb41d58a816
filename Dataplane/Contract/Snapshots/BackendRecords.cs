namespace RustyRail.Contract.Snapshots;

/// <summary>From content to the record that workers read.</summary>
internal static unsafe class BackendRecords
{
    public static BackendRecord From(BackendContent backend, ushort pool)
    {
        BackendRecord record = new()
        {
            Address = IpKey.From(backend.Address),
            Pool = pool,
            Health = backend.Health,
            State = SlotState.InUse,
            Flags = (backend.TakesNew ? BackendFlags.TakesNew : 0) | (backend.TakesEstablished ? BackendFlags.TakesEstablished : 0),
        };
        if (backend.NextHop is not { } nextHop) return record;
        record.Flags |= BackendFlags.NextHop | (nextHop.IsOnLink ? BackendFlags.OnLink : 0);
        record.Source = IpKey.From(nextHop.Source);
        record.MtuBytes = nextHop.MtuBytes;
        nextHop.DestinationMac.CopyTo(new Span<byte>(record.Macs, 6));
        nextHop.SourceMac.CopyTo(new Span<byte>(record.Macs + 6, 6));
        return record;
    }
}
