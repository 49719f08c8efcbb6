# mypy: disable-error-code="valid-type"
"""Setting up: install the backend, start and stop it, connect to a server."""

import bpy
from bpy.app.translations import pgettext_tip as tip_
from bpy.props import EnumProperty, StringProperty

from ...client.installing import install
from ...client.target import is_exposed
from ...scene.app.app import app
from ...scene.app.errors import SceneError
from ...scene.session.server import connection, preferences
from ...scene.session.words import logs
from ..report import attempt

EXPOSED = "Not encrypted: only for a network that you trust"
PROFILES = tuple((profile, *texts) for profile, texts in install.PROFILES.items())


class TAKEONE_OT_install(bpy.types.Operator):
    """Download and set up what makes the takes, in a folder of its own outside Blender"""

    bl_idname = "takeone.install"
    bl_label = "Install Backend"
    bl_options = {"REGISTER"}

    profile: EnumProperty(name="Profile", description="What to install", items=PROFILES, options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if app().state.install.state != "running":
            return True
        cls.poll_message_set("The installation is running")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self.install)

    def install(self) -> None:
        """Begin. Raises SceneError if Blender may not use the network, or Take One's folder can't be used."""
        if not bpy.app.online_access:
            text = "Installing downloads files, and Blender's online access is off. Allow it, then install again"
            raise SceneError("offline", text, "online_access")
        connection.check_home()
        app().state.fixed("install", "online_access")
        chosen = preferences.preferences()
        profile = self.profile
        if chosen and not self.properties.is_property_set("profile"):
            profile = chosen.profile
        connection.session().online_access = True  # it may have been allowed elsewhere
        connection.session().install(preferences.ROOT, profile)


class TAKEONE_OT_install_cancel(bpy.types.Operator):
    """Stop the installation and remove what it began"""

    bl_idname = "takeone.install_cancel"
    bl_label = "Cancel Installation"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if app().state.install.state == "running":
            return True
        cls.poll_message_set("Nothing is being installed")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        connection.session().cancel_install()
        return {"FINISHED"}


class TAKEONE_OT_backend_start(bpy.types.Operator):
    """Start the backend on this computer, or connect to the chosen server"""

    bl_idname = "takeone.backend_start"
    bl_label = "Start Backend"
    bl_options = {"REGISTER"}

    @classmethod
    def description(cls, _context: bpy.types.Context, _properties: bpy.types.OperatorProperties) -> str:
        if preferences.use_server():
            return tip_("Connect to the server, and see what it offers")
        return tip_("Start what makes the takes on this computer")

    def execute(self, _context: bpy.types.Context) -> set[str]:
        app().state.fixed("start", "connect")
        return attempt(self, connection.connect)


class TAKEONE_OT_backend_stop(bpy.types.Operator):
    """Let go of the backend. Takes that are not ready wait until it is started again"""

    bl_idname = "takeone.backend_stop"
    bl_label = "Stop Backend"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if app().state.backend.state not in connection.IDLE:
            return True
        cls.poll_message_set("The backend is not running")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        connection.session().disconnect()
        return {"FINISHED"}


class TAKEONE_OT_backend_restart(bpy.types.Operator):
    """Stop the backend and start it again. Takes that are not ready go on then"""

    bl_idname = "takeone.backend_restart"
    bl_label = "Restart Backend"
    bl_options = {"REGISTER"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, connection.restart)


class TAKEONE_OT_connect_server(bpy.types.Operator):
    """Connect to a server that makes the takes, and see what it offers"""

    bl_idname = "takeone.connect_server"
    bl_label = "Connect to Server"
    bl_options = {"REGISTER"}

    url: StringProperty(name="Address", description="Such as http://192.168.1.20:8000")
    token: StringProperty(
        name="Token",
        description="The server's secret word. Kept in the system's keyring, never in Blender's files",
        subtype="PASSWORD",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if preferences.preferences() is not None:
            return True
        cls.poll_message_set("Enable the extension in the preferences first")
        return False

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        self.url = preferences.preferences().server_url
        return context.window_manager.invoke_props_dialog(self, width=420, confirm_text="Connect")

    def draw(self, _context: bpy.types.Context) -> None:
        column = self.layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        column.prop(self, "url", placeholder="http://192.168.1.20:8000")
        column.prop(self, "token")
        if is_exposed(self.url.strip()):
            column.label(text=EXPOSED, icon="INFO")

    def execute(self, _context: bpy.types.Context) -> set[str]:
        return attempt(self, self.connect)

    def connect(self) -> None:
        """Keep address and token, and connect. Raises SceneError if the address is none."""
        chosen = preferences.preferences()
        url = (self.url or chosen.server_url).strip().rstrip("/")
        if not url.startswith(("http://", "https://")) or len(url.split("://", 1)[1]) == 0:
            raise SceneError(
                "bad_address",
                "A server's address begins with http:// or https://, such as http://192.168.1.20:8000",
                "connect",
            )
        if self.token:
            connection.check_home()
            connection.session().remember(url, self.token)
            self.token = ""  # so that no operator history holds it
        app().state.fixed("connect")
        chosen.server_url = url
        chosen.backend = "SERVER"  # connects


class TAKEONE_OT_use_local(bpy.types.Operator):
    """Let takes be made on this computer again"""

    bl_idname = "takeone.use_local"
    bl_label = "Use This Computer"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if preferences.use_server():
            return True
        cls.poll_message_set("Takes are made on this computer already")
        return False

    def execute(self, _context: bpy.types.Context) -> set[str]:
        preferences.preferences().backend = "LOCAL"  # connects
        return {"FINISHED"}


class TAKEONE_OT_open_log(bpy.types.Operator):
    """Show the backend's log in a text window"""

    bl_idname = "takeone.open_log"
    bl_label = "Open Log"
    bl_options = {"REGISTER"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        return attempt(self, lambda: logs.show(context))


class TAKEONE_OT_allow_online(bpy.types.Operator):
    """Allow Blender to use the network, as in Preferences > System"""

    bl_idname = "takeone.allow_online"
    bl_label = "Allow Online Access"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        if bpy.app.online_access_override:
            cls.poll_message_set("Blender was started offline: start it without --offline-mode")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        context.preferences.system.use_online_access = True
        app().state.fixed("online_access")
        return attempt(self, self.notify)

    def notify(self) -> None:
        """Let the session know. Raises SceneError if there can be none."""
        connection.check_home()
        connection.session().online_access = bpy.app.online_access


class TAKEONE_OT_preferences(bpy.types.Operator):
    """Open the extension's preferences"""

    bl_idname = "takeone.preferences"
    bl_label = "Take One Preferences"
    bl_options = {"REGISTER"}

    def execute(self, _context: bpy.types.Context) -> set[str]:
        bpy.ops.preferences.addon_show(module=preferences.PACKAGE)
        return {"FINISHED"}


CLASSES = (
    TAKEONE_OT_install,
    TAKEONE_OT_install_cancel,
    TAKEONE_OT_backend_start,
    TAKEONE_OT_backend_stop,
    TAKEONE_OT_backend_restart,
    TAKEONE_OT_connect_server,
    TAKEONE_OT_use_local,
    TAKEONE_OT_open_log,
    TAKEONE_OT_allow_online,
    TAKEONE_OT_preferences,
)
