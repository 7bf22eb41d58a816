{% set device = salt['pillar.get']('rustyrail:device', 'eth0') %}
{% set routers = salt['pillar.get']('rustyrail:routers', '') %}

/opt/rustyrail:
  file.recurse:
    - source: salt://rustyrail/files
    - file_mode: keep
    - clean: true

/etc/rustyrail/services.json:
  file.managed:
    - contents_pillar: rustyrail:services
    - makedirs: true

/etc/systemd/system/rustyrail.service:
  file.managed:
    - contents: |
        [Unit]
        Description=RustyRail load balancer
        After=network-online.target
        Wants=network-online.target

        [Service]
        Environment=RR_DEVICE={{ device }}
        Environment=RR_ROUTERS={{ routers }}
        ExecStart=/opt/rustyrail/rustyrail run --services /etc/rustyrail/services.json
        Restart=always
        RestartSec=1
        # A crash of the control plane must not stop the dataplane, which it started in a session of its own.
        KillMode=process
        LimitMEMLOCK=infinity

        [Install]
        WantedBy=multi-user.target

rustyrail:
  service.running:
    - enable: true
    - require:
      - file: /opt/rustyrail
    - watch:
      - file: /etc/systemd/system/rustyrail.service
