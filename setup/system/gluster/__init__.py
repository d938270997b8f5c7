"""GlusterFS: what glusterd says and does, and the folders of bricks."""
