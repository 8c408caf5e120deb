"""One distribution, `porter-pbx`: the call controller, the door, the page and the commands."""

from setuptools import find_packages, setup

setup(
    name="porter-pbx",
    version="0.1.0",
    description="The office telephone and the door of a small business, on a Raspberry Pi",
    license="GPL-3.0-or-later",
    python_requires=">=3.11",
    packages=find_packages(include=["appliance*", "hardware*", "web*"]),
    include_package_data=True,
    package_data={
        "appliance.prompts": ["phrases/*.yaml", "vocabulary/*.yaml"],
        "appliance.services": ["*.yaml", "story_words/*.yaml"],
        "appliance.sip.edge": ["kamailio.cfg"],
        "web": ["static/*", "templates/*", "templates/*/*", "translations/*/LC_MESSAGES/*", "translations/babel.cfg"],
    },
    install_requires=[
        "trio>=0.27",
        "msgspec>=0.19",
        "PyYAML>=6",
        "tinydb>=4.8",
        "Flask>=3.1",
        "Flask-Login>=0.6.3",
        "Flask-WTF>=1.2",
        "Flask-Babel>=4",
        "waitress>=3",
        "limits>=4",
        "argon2-cffi>=23.1",
        "zxcvbn>=4.5",
        "pyserial>=3.5",
        "pyalsaaudio>=0.11; sys_platform == 'linux'",
        "gpiozero>=2.0.1",
        "phonenumbers>=8.13",
        "holidays>=0.109",
        "icalendar>=7.3",
        "recurring-ical-events>=3.8.2",
        "cffi>=1.16",
        "systemd-python>=235; sys_platform == 'linux'",
        "lgpio>=0.2.2",
    ],
    extras_require={
        "test": [
            "aiosmtpd>=1.4.6",
            "hypothesis>=6",
            "mypy>=1.13",
            "playwright>=1.50",
            "pytest>=8",
            "ruff>=0.9",
            "types-PyYAML",
            "types-cffi",
            "types-pyserial",
            "types-requests",
            "types-waitress",
        ],
    },
    entry_points={
        "console_scripts": [
            "porter = appliance.cli:main",
            "porter-controller = appliance.main:main",
            "porter-door = appliance.door.main:main",
            "porter-web = web.main:main",
            "porter-edge = appliance.sip.edge.main:main",
        ]
    },
)
