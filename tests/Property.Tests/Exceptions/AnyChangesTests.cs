using CsCheck;
using RustyRail.Tests.Support.Regions;

namespace Property.Tests.Exceptions;

/// <summary>
/// Any history of changes, joins, renewals and clients that come to another node: once all nodes have a change, every old flow finds its backend
/// through any of them, unless that backend was removed or is down.
/// </summary>
public sealed class AnyChangesTests
{
    private static readonly string[] Names = [.. Enumerable.Range(1, 8).Select(i => $"server{i}")];

    private enum Step { Open, OpenMore, Move, Add, Remove, Drain, Undrain, Weigh, Fail, Renew, Join }

    [Fact]
    public void Every_node_sends_an_old_flow_to_its_own_backend()
    {
        int checkedFlows = 0;
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 1_000_000]).Array[5, 30].Sample(
            steps =>
            {
                using History history = new();
                foreach ((Step step, int number) in steps) history.Do(step, number);
                checkedFlows += history.Moved;
            },
            iter: 60,
            threads: 1);
        Assert.True(checkedFlows > 1000, $"inconclusive: only {checkedFlows} flows moved");
    }

    private sealed class History : IDisposable
    {
        private const int MostNodes = 5;

        private readonly List<ToldNode> _nodes = [];
        private readonly TestCatalogue _catalogue = new TestCatalogue().Backends(3);
        private readonly Dictionary<int, string> _flows = [];
        private int _clients;

        public History()
        {
            for (int i = 0; i < 3; i++) Join();
            Open(0, 20);
        }

        public int Moved { get; private set; }

        public void Do(Step step, int number)
        {
            string name = Names[number % Names.Length];
            bool isThere = _catalogue.Names().Contains(name);
            switch (step)
            {
                case Step.Open or Step.OpenMore:
                    Open(number, 15);
                    break;
                case Step.Move:
                    Move(number);
                    break;
                case Step.Renew:
                    foreach (ToldNode node in _nodes) node.Balancer.Idle(TimeSpan.FromSeconds(15));
                    foreach (ToldNode node in _nodes) node.Tell(_nodes, renewal: true);
                    break;
                case Step.Join when _nodes.Count < MostNodes:
                    Join();
                    break;
                case Step.Add when !isThere:
                    Change(number, catalogue => catalogue.Backend(name, $"192.168.138.{Array.IndexOf(Names, name) + 1}"));
                    break;
                case Step.Remove when isThere:
                    Change(number, catalogue => catalogue.Remove(name));
                    End(name);
                    break;
                case Step.Fail when isThere:
                    Change(number, catalogue => catalogue.Change(name, backend => backend.Down));
                    End(name);
                    break;
                case Step.Drain when isThere && _catalogue[name].TakesEstablished:
                    Change(number, catalogue => catalogue.Change(name, backend => backend.Drained));
                    break;
                case Step.Undrain when isThere:
                    Change(number, catalogue => catalogue.Change(name, backend => backend with { TakesNew = true, TakesEstablished = true }));
                    break;
                case Step.Weigh when isThere:
                    Change(number, catalogue => catalogue.Change(name, backend => backend with { Weight = 1 + (number % 200) }));
                    break;
            }
        }

        public void Dispose()
        {
            foreach (ToldNode node in _nodes) node.Dispose();
        }

        private void Join()
        {
            ToldNode newcomer = new($"lb{_nodes.Count}", _catalogue, _nodes.Count == 0 ? 0 : _nodes[0].Balancer.Now);
            foreach (ToldNode peer in _nodes) peer.Greet(newcomer);
            _nodes.Add(newcomer);
        }

        private void Open(int number, int count)
        {
            for (int i = 0; i < count; i++)
            {
                int client = ++_clients;
                if (_nodes[(number + i) % _nodes.Count].Send(client) is { } backend) _flows[client] = backend;
            }
        }

        private void Move(int number)
        {
            foreach ((int client, string backend) in _flows)
            {
                if ((client + number) % 3 == 0) continue;
                Moved++;
                Assert.Equal(backend, _nodes[(client + number) % _nodes.Count].Send(client));
            }
        }

        /// <summary>The nodes learn of it in any order, and each tells what it holds when it has published.</summary>
        private void Change(int number, Func<TestCatalogue, TestCatalogue> change)
        {
            change(_catalogue);
            foreach (ToldNode node in _nodes.OrderBy(node => (_nodes.IndexOf(node) + 1) * (number + 7919) % 13))
            {
                change(node.Balancer.Catalogue);
                node.Publish();
                node.Tell(_nodes, renewal: false);
            }
        }

        private void End(string backend)
        {
            foreach (int client in _flows.Where(flow => flow.Value == backend).Select(flow => flow.Key).ToArray()) _flows.Remove(client);
        }
    }
}
