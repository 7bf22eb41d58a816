using System.Net;
using RustyRail.Contract.Snapshots;
using RustyRail.Contract.Specification;
using RustyRail.Tests.Support.Frames;
using RustyRail.Tests.Support.Regions;

namespace RustyRail.Fuzz;

/// <summary>A sample catalogue under the events of a case. An event that finds nothing to do does nothing.</summary>
internal sealed class ChangingCatalogue(int number)
{
    private readonly TestCatalogue _catalogue = SampleCatalogues.Numbered(number);
    private readonly List<ServiceSpec> _removed = [];
    private int _added;

    public SnapshotContent ToContent() => _catalogue.ToContent();

    public void Apply(FuzzEvent what, int which)
    {
        if (what == FuzzEvent.Add) Add(which);
        else if (what == FuzzEvent.RemoveService) RemoveOrRestore(which);
        else if (what == FuzzEvent.ForgetRouters) _catalogue.Routers.Clear();
        else ToBackend(what, which);
    }

    private void Add(int which)
    {
        string pool = _catalogue.Services[which % _catalogue.Services.Count].Pool.Name;
        bool isIpv6 = which % 2 != 0;
        _added++;
        _catalogue.Backend($"more{_added}", isIpv6 ? $"2001:db8:137::{_added + 50}" : $"192.168.138.{_added}", pool);
    }

    private void RemoveOrRestore(int which)
    {
        if (_removed.Count > 0 && which % 2 != 0)
        {
            _catalogue.Service(_removed[^1]);
            _removed.RemoveAt(_removed.Count - 1);
        }
        else if (_catalogue.Services.Count > 1)
        {
            ServiceSpec service = _catalogue.Services[which % _catalogue.Services.Count];
            _removed.Add(service);
            _catalogue.RemoveService(service.Id.Name);
        }
    }

    private void ToBackend(FuzzEvent what, int which)
    {
        string pool = _catalogue.Services[which % _catalogue.Services.Count].Pool.Name;
        string[] names = [.. _catalogue.Names(pool)];
        if (names.Length == 0) return;
        string name = names[which % names.Length];
        if (what == FuzzEvent.Remove) _catalogue.Remove(name, pool);
        else if (what == FuzzEvent.Weigh) _catalogue.Change(name, backend => backend with { Weight = 1 + (which * 17) }, pool);
        else if (what == FuzzEvent.Drain) _catalogue.Change(name, backend => backend with { TakesNew = !backend.TakesNew, TakesEstablished = true }, pool);
        else if (what == FuzzEvent.Fail) _catalogue.Change(name, backend => backend with { TakesNew = !backend.TakesEstablished, TakesEstablished = !backend.TakesEstablished }, pool);
    }
}
