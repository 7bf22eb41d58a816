# The two units of docs/operations/systemd, so that an upgrade of the control plane never touches forwarding.
{% set device = salt['pillar.get']('rustyrail:device', 'eth0') %}
{% set routers = salt['pillar.get']('rustyrail:routers', []) %}

/opt/rustyrail:
  file.recurse:
    - source: salt://rustyrail/files
    - file_mode: keep
    - clean: true

/etc/rustyrail/environment:
  file.managed:
    - contents: RR_DEVICE={{ device }}
    - makedirs: true

/etc/rustyrail/node.json:
  file.managed:
    - contents: '{ "routers": {{ routers | json }} }'
    - makedirs: true

/etc/systemd/system/rustyrail.service:
  file.managed:
    - source: salt://rustyrail/units/rustyrail.service

/etc/systemd/system/rustyrail-dataplane.service:
  file.managed:
    - source: salt://rustyrail/units/rustyrail-dataplane.service

rustyrail:
  service.running:
    - enable: true
    - watch:
      - file: /opt/rustyrail
      - file: /etc/rustyrail/node.json
      - file: /etc/systemd/system/rustyrail.service

# Started once and not restarted by changed files: that is the operator's decision, since it interrupts forwarding for a moment.
rustyrail-dataplane:
  service.running:
    - enable: true
    - require:
      - file: /opt/rustyrail
      - file: /etc/rustyrail/environment
      - file: /etc/systemd/system/rustyrail-dataplane.service
